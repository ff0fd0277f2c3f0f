-- Ratebooks, the way back: who signed up on a broker's site, and what was asked for there. What was recorded never changes.

create table sign_ups (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  user_id text not null, -- as the site knows them
  given_name text not null,
  family_name text not null,
  email text not null,
  phone_number text,
  employer text,
  terms_agreed boolean not null,
  marketing_email_consent boolean not null,
  marketing_sms_consent boolean not null,
  internal_user boolean not null,
  registered_at timestamptz not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id)
);
-- Whoever did not agree to the terms may do so later.
create unique index sign_ups_one_per_user on sign_ups (workspace_id, user_id) where terms_agreed;
select own_by_workspace('sign_ups');

create table enquiries (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  quote_ref integer not null, -- as the site numbers its quotes
  user_id text,
  employee text not null,
  age_at_enquiry smallint,
  postcode text,
  residency text check (residency in ('england', 'northern_ireland', 'scotland', 'wales')),
  email text,
  phone_number text,
  employer text,
  terms_agreed boolean not null,
  contact_consent boolean not null,
  vehicle_id text,
  cap_code text,
  cap_id integer,
  make text,
  model text,
  derivative text,
  term_months smallint,
  advance_payment smallint,
  monthly_payments smallint,
  contract_mileage_total integer,
  payment numeric, -- pounds a month: finance and service
  message text,
  enquired_at timestamptz not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id)
);
create unique index enquiries_one_per_quote on enquiries (workspace_id, quote_ref) where terms_agreed;
select own_by_workspace('enquiries');

revoke update, delete on sign_ups, enquiries from drayage_api, drayage_worker;
