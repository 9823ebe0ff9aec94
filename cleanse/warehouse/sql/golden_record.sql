-- golden_record: one row per active customer, with the one value that survived for each field.
create table golden_record (
    ----------  ids
    customer_id         varchar not null,  -- Customer ID 客户编号: prefix, payload and check sign; issued once, never reused.
    kind                varchar,           -- person or company.

    ----------  names
    name                varchar,           -- The customer's own name as displayed, person or company.
    given_name          varchar,           -- Given name of a person.
    middle_name         varchar,           -- Middle name or initial of a person.
    family_name         varchar,           -- Family name of a person.
    alias               varchar,           -- Another name the customer goes by.
    company             varchar,           -- Company name; for a person, the employer.
    parent_company      varchar,           -- Company that a branch or subsidiary belongs to.
    contact             varchar,           -- 联系人: who answers for a company; never merged with it.
    salutation          varchar,           -- Mr, Ms, 先生, 女士 and the like.
    job_title           varchar,           -- Position held, as a word.
    department          varchar,           -- Department; not a customer of its own.
    gender              varchar,           -- Gender as the sources give it, in one spelling.

    ----------  contact points
    phone               varchar,           -- Primary telephone: E.164 when valid, else as typed.
    mobile              varchar,           -- Primary mobile: E.164 when valid, else as typed.
    fax                 varchar,           -- Primary fax: E.164 when valid, else as typed.
    email               varchar,           -- Primary e-mail address.
    website             varchar,           -- Primary website.
    wechat              varchar,           -- 微信 name.
    qq                  varchar,           -- QQ number.

    ----------  address (survives as one group)
    address             varchar,           -- The whole address in one line.
    house_number        varchar,           -- House number, 号.
    street              varchar,           -- Street or road.
    building            varchar,           -- Building, tower or estate.
    unit                varchar,           -- Unit, floor or room.
    po_box              varchar,           -- Post office box.
    district            varchar,           -- District or county, 区/县.
    city                varchar,           -- City.
    province            varchar,           -- Province or state.
    postcode            varchar,           -- Postcode as the country writes it.
    country             varchar,           -- ISO 3166-1 alpha-2.

    ----------  dates and identifiers
    birth_on            date,              -- Day of birth; birth_precision says how much of it is known.
    birth_precision     varchar,           -- day, month or year: what of birth_on is known.
    founded_on          date,              -- Day the company was founded; founded_precision says how much is known.
    founded_precision   varchar,           -- day, month or year: what of founded_on is known.
    tax_id              varchar,           -- 统一社会信用代码, VAT number or EIN.
    national_id         varchar,           -- 身份证 number, SSN or the like.
    passport            varchar,           -- Passport number.
    licence             varchar,           -- Driving or business licence number.
    lei                 varchar,           -- Legal Entity Identifier, ISO 17442.

    ----------  business
    industry            varchar,           -- Industry.
    category            varchar,           -- Category that the sources put the customer in.
    tags                varchar,           -- Tags of all records, united.
    importance          varchar,           -- Importance or grade, 等级.
    status              varchar,           -- Status in the sources, such as lead or active.
    owner               varchar,           -- Our person in charge.
    preference          varchar,           -- What the customer prefers.
    special_needs       varchar,           -- What the customer needs beyond the usual.
    payment_method      varchar,           -- How the customer pays.
    contract_from_on    date,              -- First day of the contract.
    contract_until_on   date,              -- Last day of the contract.
    last_purchase_on    date,              -- Day of the last purchase.
    total_amount        decimal(18,2),     -- Total bought, in currency; added only across additive sources.
    currency            varchar,           -- ISO 4217 code of total_amount.
    purchase_count      bigint,            -- How many purchases.
    main_product        varchar,           -- What the customer mainly buys.
    satisfaction        varchar,           -- Satisfaction as the sources grade it.
    consent             varchar,           -- Consent to be contacted; the strictest of the records wins.
    note                varchar,           -- Free text.

    ----------  sources
    source              varchar,           -- Source of the record that the name came from.
    source_created_at   timestamptz,       -- Earliest creation among the records, as the sources say.
    source_updated_at   timestamptz,       -- Newest update among the records, as the sources say.
    extra               map(varchar, varchar),  -- Columns that are no standard field: heading → value as typed.

    ----------  counts
    record_count        bigint,            -- Records of this customer.
    source_count        bigint,            -- Sources these records come from.
    confidence          double,            -- How sure it is that these records are one customer, 0 to 1.

    ----------  times (UTC)
    first_seen_at       timestamptz,       -- Start of the run that first published this customer.
    updated_at          timestamptz,       -- Start of the run that last changed this row.
    valid_from_run      bigint             -- Number of that run.
);
