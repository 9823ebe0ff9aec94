-- household: one row per customer that shares a household with others; they stay separate customers.
create table household (
    household_id  varchar not null,  -- Number of the household.
    customer_id   varchar not null,  -- A member.
    reason        varchar            -- What they share.
);
