-- contact_person: one row per company and person who answers for it.
create table contact_person (
    customer_id         varchar not null,  -- The company.
    person_customer_id  varchar,           -- The person, where that person is a customer too.
    name                varchar,           -- Name of the person.
    job_title           varchar,           -- Position held.
    department          varchar,           -- Department.
    phone               varchar,           -- Telephone given beside the name.
    email               varchar,           -- E-mail address given beside the name.
    record_id           bigint             -- Record it stands in.
);
