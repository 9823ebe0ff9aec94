"""The pipeline as Prefect flows: the only place that imports Prefect, reads the clock or keeps a schedule.

Importing the package sets what Prefect reads from the environment, which must
stand before Prefect itself is imported.
"""

from flows.environment import prepare

prepare()
