-- GSTR-1: sections as filers prepare them, and the returns made of them and of the sales register.

-- A file of a section, of which something was imported.
create table gstr1_section_files (
  workspace_id uuid not null references workspaces (id),
  transfer_id uuid not null,
  gstin text not null,
  return_period date not null, -- its first day
  section text not null, -- as files name it
  rejected_rows integer not null,
  counts boolean not null, -- false for one that a later file replaced
  primary key (workspace_id, transfer_id)
);
create index on gstr1_section_files (workspace_id, gstin, return_period, section, transfer_id);
select own_by_workspace('gstr1_section_files');

-- Its rows, which never change. Written with their file in one transaction and never alone, hence without a foreign key.
create table gstr1_rows (
  workspace_id uuid not null,
  transfer_id uuid not null,
  row_number integer not null,
  place integer, -- orders the rows that count; null: another row of the file stands for this one
  outer_key text not null, -- rows of one outer and inner key stand together in the return
  inner_key text not null,
  unit_key text not null, -- what a later file brings anew as a whole: an invoice, a note, a line of a summary
  cells jsonb not null, -- by key of the return, with what was reckoned from them
  extras jsonb, -- columns of the file that the section does not know, by header
  warnings text,
  primary key (workspace_id, transfer_id, row_number)
);
select own_by_workspace('gstr1_rows');

-- A return as it was made: the latest of a GSTIN and period counts, the earlier are kept.
create table gstr1_returns (
  workspace_id uuid not null references workspaces (id),
  id uuid not null, -- counts up from the transfer's id: a later one is of a later transfer
  transfer_id uuid not null,
  part integer not null, -- of the transfer's result files
  gstin text not null,
  return_period date not null, -- its first day
  remarks text,
  primary key (workspace_id, id)
);
create unique index on gstr1_returns (workspace_id, transfer_id, part);
create index on gstr1_returns (workspace_id, gstin, return_period, id);
select own_by_workspace('gstr1_returns');

-- What stands in a return, in its order: a copy, so that its bytes are the same whenever they are asked for.
create table gstr1_return_rows (
  workspace_id uuid not null,
  return_id uuid not null,
  section text not null,
  ordinal integer not null,
  outer_key text not null,
  inner_key text not null,
  unit_key text not null,
  cells jsonb not null,
  primary key (workspace_id, return_id, section, ordinal)
);
select own_by_workspace('gstr1_return_rows');

-- What its sections add up to.
create table gstr1_return_sections (
  workspace_id uuid not null,
  return_id uuid not null,
  section text not null,
  source text not null check (source in ('section_files', 'sales_register')),
  entries integer not null, -- invoices, notes or lines of a summary
  taxable_value numeric not null, -- credit notes and refunds taken off, as with the taxes
  igst numeric not null,
  cgst numeric not null,
  sgst numeric not null,
  cess numeric not null,
  primary key (workspace_id, return_id, section)
);
select own_by_workspace('gstr1_return_sections');
