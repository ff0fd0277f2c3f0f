-- A book's rates are numbered from 1 on in the order of what they cost, so that their key is also the order in which they are
-- asked for, and grows at its end while a book is loaded. What is known of their vehicles is looked for among those, of which
-- there are few: each has the numbers of its rates, with what these are narrowed by besides. Before, seven indexes were kept of
-- rates, each in another order, which was most of the time that a book took.
alter table ratebook_vehicles no force row level security;
alter table ratebook_rates no force row level security;

create table numbered_rates (
  workspace_id uuid not null,
  book_id uuid not null,
  number integer not null, -- within the book, by payment
  vehicle_number integer not null,
  term_months smallint not null,
  contract_mileage_total integer not null,
  advance_payment smallint not null,
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
  extras jsonb -- columns of the file that the format does not know, by header
);
insert into numbered_rates
  select workspace_id, book_id, row_number() over (partition by workspace_id, book_id order by payment, row_number), vehicle_number,
    term_months, contract_mileage_total, advance_payment, payment, monthly_payments, periodic_finance_payment, periodic_service_payment,
    residual_value, purchase_price, rank, rate_id, sales_category, delivery_date, vehicle_homologation, tag_line, standard_emissions, extras
  from ratebook_rates;
drop table ratebook_rates;
alter table numbered_rates rename to ratebook_rates;
alter table ratebook_rates add constraint ratebook_rates_pkey primary key (workspace_id, book_id, number);
create index ratebook_rates_profile on ratebook_rates (book_id, term_months, contract_mileage_total, number);

-- The numbers of the rates of a vehicle, least first, and beside each its term and mileage.
alter table ratebook_vehicles
  add column rates integer[] not null default '{}',
  add column rate_terms smallint[] not null default '{}',
  add column rate_mileages integer[] not null default '{}',
  add column upper_make text collate "C" not null generated always as (upper(make)) stored,
  add column upper_model text collate "C" not null generated always as (upper(model)) stored,
  alter column rates set statistics 0,
  alter column rate_terms set statistics 0,
  alter column rate_mileages set statistics 0;
update ratebook_vehicles v set rates = r.rates, rate_terms = r.terms, rate_mileages = r.mileages
from (
  select workspace_id, book_id, vehicle_number, array_agg(number order by number) as rates, array_agg(term_months order by number) as terms,
    array_agg(contract_mileage_total order by number) as mileages
  from ratebook_rates group by 1, 2, 3
) r
where v.workspace_id = r.workspace_id and v.book_id = r.book_id and v.number = r.vehicle_number;
alter table ratebook_vehicles
  alter column rates drop default,
  alter column rate_terms drop default,
  alter column rate_mileages drop default;
alter table ratebook_vehicles force row level security;
select own_by_workspace('ratebook_rates');
create index ratebook_vehicles_make on ratebook_vehicles (book_id, upper_make, upper_model, number);
create index ratebook_vehicles_cap_id on ratebook_vehicles (book_id, cap_id) where cap_id is not null;
create index ratebook_vehicles_fuel_type on ratebook_vehicles (book_id, fuel_type);

-- How many of a book's rates cost at most so much: the number of the last of them. Read as one looks up a word.
create function rates_up_to(workspace uuid, book uuid, most numeric) returns integer language plpgsql stable as $$
declare
  fewest integer := 0;
  beyond integer := 1 + (select rates from ratebooks where workspace_id = workspace and id = book);
  middle integer;
begin
  while beyond - fewest > 1 loop
    middle := (fewest + beyond) / 2;
    if (select payment <= most from ratebook_rates where workspace_id = workspace and book_id = book and number = middle) then
      fewest := middle;
    else
      beyond := middle;
    end if;
  end loop;
  return fewest;
end $$;
