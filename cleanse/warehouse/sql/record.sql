-- record: one row per record ever read, as it was last read: every standard field as typed in <field>_raw and normalised in <field>.
create table record (
    ----------  ids and lineage
    record_id          bigint not null,  -- Record number, issued once, never reused.
    source_key         varchar,          -- The source's own key, as typed.
    file               varchar,          -- File it was last read from, relative to the input.
    sheet              varchar,          -- Sheet of a workbook.
    row_number         bigint,           -- Row as a spreadsheet shows it, from 1.
    line_number        bigint,           -- Line of a text file, from 1.
    is_active          boolean not null, -- It stands in the newest snapshot of its source.

    ----------  how to read it
    region             varchar,          -- ISO 3166-1 alpha-2 assumed for phones and addresses that name no country.
    customer           varchar,          -- What its list is a list of: person, company or auto.
    extra              map(varchar, varchar),  -- Columns that are no standard field: heading → value as typed.

    ----------  standard fields
    -- include standard fields

    ----------  names, for display and matching
    name_display       varchar,          -- Name as displayed.
    name_suffix        varchar,          -- jr, sr, ii, iii.
    name_compare       varchar,          -- Whole name folded for comparison.
    given_compare      varchar,          -- Given name folded.
    middle_compare     varchar,          -- Middle name folded.
    family_compare     varchar,          -- Family name folded.
    given_root         varchar,          -- Given name with nicknames led back: bill → william.
    name_latin         varchar,          -- Tokens in ASCII, sorted; pinyin for Chinese names.
    name_script        varchar,          -- latin, han, mixed or other.
    company_compare    varchar,          -- Company name folded, legal form in one spelling.
    company_core       varchar,          -- Company name without legal form, region and branch.
    company_form       varchar,          -- Legal form.
    company_region     varchar,          -- Region in the company's name.
    company_branch     varchar,          -- Branch words with their place; null for a head office.

    ----------  phones and e-mail
    phone_e164         varchar,          -- E.164, only when valid.
    phone_type         varchar,          -- mobile, fixed_line and the like.
    phone_extension    varchar,          -- Extension.
    phone_is_valid     boolean,          -- The number is in an assigned range.
    mobile_is_valid    boolean,          -- The number is in an assigned range.
    fax_is_valid       boolean,          -- The number is in an assigned range.
    phones             varchar[],        -- Keys of all phones and mobiles.
    email_key          varchar,          -- One spelling of the mailbox.
    email_is_role      boolean,          -- info@, sales@ and the like.
    email_is_valid     boolean,          -- The syntax is right.
    emails             varchar[],        -- Keys of all addresses.

    ----------  addresses
    address_compare    varchar,          -- Address line folded, without unit words.
    street_compare     varchar,          -- Street folded.
    city_compare       varchar,          -- City folded.
    postcode_compare   varchar,          -- Postcode folded.
    postcode_is_valid  boolean,          -- It has the form of its country.

    ----------  dates and identifiers
    birth_precision    varchar,          -- day, month or year.
    birth_on_is_valid  boolean,          -- A day on which a living person may be born.
    founded_precision  varchar,          -- day, month or year.
    tax_id_is_valid    boolean,          -- The check digits are right.
    national_id_is_valid boolean,        -- The check digits are right.
    passport_is_valid  boolean,          -- The form is right.
    licence_is_valid   boolean,          -- The form is right.
    lei_is_valid       boolean,          -- The check digits are right.

    ----------  period (run numbers)
    first_run          bigint,           -- Run that first read it.
    valid_from_run     bigint            -- Run since which it stands as typed here.
);
