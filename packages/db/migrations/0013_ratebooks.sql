-- Ratebooks: the prices of a leasing company, published a book at a time. A column is named as the format names it.

-- A book is what one transfer brought, and is never changed but for its status. Readers find it here first; its rates lie
-- beside those of all other books, so that publishing one is a change of these rows alone.
create table ratebooks (
  workspace_id uuid not null references workspaces (id),
  id uuid not null, -- that of the transfer that brought it: later ones sort later
  channel text not null,
  name text not null,
  file_name text not null,
  replaces text not null check (replaces in ('channel', 'name')), -- whom it takes the place of when it is published
  status text not null check (status in ('published', 'archived')),
  rates integer not null,
  vehicles integer not null,
  created_at timestamptz not null default clock_timestamp(),
  published_at timestamptz, -- the last time; null for one that never was
  archived_at timestamptz,
  primary key (workspace_id, id)
);
create index ratebooks_published on ratebooks (workspace_id, channel) where status = 'published';
create unique index ratebooks_published_name on ratebooks (workspace_id, channel, name) where status = 'published';
select own_by_workspace('ratebooks');

-- Vehicles and rates are written with their book in one transaction and never alone, hence without foreign keys, which
-- would be asked for each of millions of rates.
create table ratebook_vehicles (
  workspace_id uuid not null,
  book_id uuid not null,
  number integer not null, -- within the book, in the order of its file
  identity text collate "C" not null, -- by what the vehicle is known from book to book
  vehicle_id text,
  cap_code text,
  cap_id integer,
  make text not null,
  model text not null,
  derivative text not null,
  model_year text,
  grade text,
  co2_comb numeric,
  co2_comb_min numeric,
  co2_comb_max numeric,
  co2_weighted_comb numeric,
  co2_weighted_comb_min numeric,
  co2_weighted_comb_max numeric,
  combined_mpg_wltp numeric,
  combined_mpg_wltp_min numeric,
  combined_mpg_wltp_max numeric,
  weighted_mpg_wltp numeric,
  weighted_mpg_wltp_min numeric,
  weighted_mpg_wltp_max numeric,
  bhp numeric,
  bodytype text,
  engine_size numeric,
  fuel_type text not null,
  num_doors numeric,
  num_seats numeric,
  p11d_value numeric(12, 2) not null,
  transmission text,
  dim_length numeric,
  dim_height numeric,
  dim_width numeric,
  weight numeric,
  acceleration numeric,
  top_speed numeric,
  ncap_rating text,
  insurance_group text,
  all_electric_range numeric,
  all_electric_range_min numeric,
  all_electric_range_max numeric,
  equivalent_all_electric_range numeric,
  equivalent_all_electric_range_min numeric,
  equivalent_all_electric_range_max numeric,
  pure_electric_range numeric,
  pure_electric_range_min numeric,
  pure_electric_range_max numeric,
  wltp_ec_comb numeric,
  wltp_ec_comb_min numeric,
  wltp_ec_comb_max numeric,
  battery_type text,
  battery_capacity numeric,
  max_charge_rate numeric,
  connector_type text,
  rde_certification_level text,
  alternative_fuel_qualifying boolean,
  primary key (workspace_id, book_id, number)
);
create index ratebook_vehicles_identity on ratebook_vehicles (workspace_id, book_id, identity);
select own_by_workspace('ratebook_vehicles');

-- The key is what makes two rates of two books the same one, in the order in which books are compared. What rates are
-- looked for by is kept with them, so that each search is a walk along one index.
create table ratebook_rates (
  workspace_id uuid not null,
  book_id uuid not null,
  identity text collate "C" not null,
  term_months smallint not null,
  contract_mileage_total integer not null,
  advance_payment smallint not null,
  row_number integer not null, -- of the file it came in
  vehicle_number integer not null,
  make text collate "C" not null, -- in capitals, as is the model
  model text collate "C" not null,
  cap_id integer,
  fuel_type text collate "C" not null,
  payment numeric(12, 2) not null, -- a month: finance and service
  monthly_payments smallint not null,
  periodic_finance_payment numeric(12, 2) not null,
  periodic_service_payment numeric(12, 2),
  residual_value numeric(12, 2),
  purchase_price numeric(12, 2),
  rank integer,
  rate_id text,
  sales_category text,
  delivery_date text,
  vehicle_homologation text,
  tag_line text,
  standard_emissions text,
  extras jsonb, -- columns of the file that the format does not know, by header
  primary key (workspace_id, book_id, identity, term_months, contract_mileage_total, advance_payment)
);
-- A book's id is its workspace's alone, so that these need no more. Behind the order of a list stands what it is narrowed
-- by besides, so that rates which are not wanted are passed over within the index.
create index ratebook_rates_row on ratebook_rates (book_id, row_number);
create index ratebook_rates_payment on ratebook_rates (book_id, payment, row_number, fuel_type, make);
create index ratebook_rates_profile on ratebook_rates (book_id, term_months, contract_mileage_total, payment, row_number, fuel_type);
create index ratebook_rates_make on ratebook_rates (book_id, make, term_months, contract_mileage_total, payment, row_number, fuel_type);
create index ratebook_rates_model on ratebook_rates (book_id, make, model, payment, row_number, term_months, contract_mileage_total);
create index ratebook_rates_cap_id on ratebook_rates (book_id, cap_id) where cap_id is not null;
select own_by_workspace('ratebook_rates');
