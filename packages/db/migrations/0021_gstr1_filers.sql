-- Who files a return, as far as it changes what stands in it.
alter table gstr1_returns
  -- Of a quarterly filer, the first two months of a quarter have the invoice furnishing facility, and the last the quarter.
  add column form text not null default 'monthly' check (form in ('monthly', 'iff', 'quarterly')),
  add column is_sez_unit boolean not null default false,
  add column gross_turnover numeric(15, 2), -- of the year before
  add column current_gross_turnover numeric(15, 2);
