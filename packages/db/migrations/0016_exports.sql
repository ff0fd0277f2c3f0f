-- Files we make ourselves: what was recorded is written to the server of an FTP client, night by night.

alter table ftp_clients add column activated_at timestamptz; -- the first time
-- Whoever owns the tables may see no rows of theirs but for this moment.
alter table ftp_clients no force row level security;
update ftp_clients set activated_at = updated_at where status <> 'draft';

alter table ftp_client_attentions drop constraint ftp_client_attentions_raised_by_check;
alter table ftp_client_attentions add constraint ftp_client_attentions_raised_by_check check (raised_by in ('look', 'transfer', 'export'));

-- When a client's exports are seen to next, and by whom. A row exists from the first activation on, where the product has any.
create table export_schedule (
  workspace_id uuid not null,
  ftp_client_id uuid not null,
  next_night date, -- the first that is not planned yet; null until it was reckoned, in the client's time zone
  due_at timestamptz default clock_timestamp(), -- null while the client is not at work
  lease_holder text,
  lease_until timestamptz,
  fence bigint not null default 0, -- rises with each take-over, and when the client is stopped
  failures integer not null default 0,
  primary key (workspace_id, ftp_client_id),
  foreign key (workspace_id, ftp_client_id) references ftp_clients (workspace_id, id)
);
create index export_schedule_due on export_schedule (due_at) where due_at is not null;
insert into export_schedule (workspace_id, ftp_client_id)
select workspace_id, id from ftp_clients where product = 'ratebooks' and status = 'active' and deleted_at is null;
alter table ftp_clients force row level security;
select own_by_workspace('export_schedule');
create policy of_sweep on export_schedule to drayage_sweep using (true);
grant select (workspace_id, ftp_client_id, due_at, lease_until), update (due_at) on export_schedule to drayage_sweep;

-- A file, planned: its records and its name are fixed before anything of it is on a server.
create table export_files (
  workspace_id uuid not null,
  id uuid not null,
  ftp_client_id uuid not null,
  kind text not null check (kind in ('sign_ups', 'enquiries')),
  night date not null,
  name text not null,
  records integer not null,
  writer bigint, -- fence of whoever began to write it last
  -- Where all of it stands under a hidden name, and on which server, from before it is renamed on: what is not there any
  -- more was renamed.
  part text,
  part_server text,
  size bigint,
  created_at timestamptz not null default clock_timestamp(),
  delivered_at timestamptz,
  cancelled_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, ftp_client_id, kind, night),
  foreign key (workspace_id, ftp_client_id) references ftp_clients (workspace_id, id)
);
create index export_files_open on export_files (workspace_id, ftp_client_id) where delivered_at is null and cancelled_at is null;
select own_by_workspace('export_files');

-- The file that a record is in: one, or none yet.
alter table sign_ups add column export_id uuid, add foreign key (workspace_id, export_id) references export_files (workspace_id, id);
alter table enquiries add column export_id uuid, add foreign key (workspace_id, export_id) references export_files (workspace_id, id);
create index sign_ups_waiting on sign_ups (workspace_id, created_at) where export_id is null and terms_agreed;
create index enquiries_waiting on enquiries (workspace_id, created_at) where export_id is null and terms_agreed;
create index sign_ups_exported on sign_ups (workspace_id, export_id, id) where export_id is not null;
create index enquiries_exported on enquiries (workspace_id, export_id, id) where export_id is not null;
grant update (export_id) on sign_ups, enquiries to drayage_api, drayage_worker;
