-- The house: workspaces and people, FTP clients, transfers, the file store, mail, audit.
--
-- Everything a workspace owns carries workspace_id as the first part of its key and is under forced row-level security
-- (see own_by_workspace below). Times are the database's own clock. Ids are UUIDv7 made by the application.

-- Roles ------------------------------------------------------------------------------------------------------------------
-- Pools log in as DATABASE_URL says and take one of these with `-c role=`; migrations run as the log-in itself.
do $$
declare wanted text;
begin
  foreach wanted in array array['drayage_api', 'drayage_worker', 'drayage_sweep'] loop
    begin
      execute format('create role %I nologin nobypassrls', wanted);
    exception when duplicate_object or unique_violation then null; -- roles belong to the whole server
    end;
    begin
      execute format('grant %I to current_user', wanted);
    exception when others then
      if not pg_has_role(current_user, wanted, 'set') then raise; end if;
    end;
  end loop;
end $$;

-- Puts a table under the workspace's lock and grants what the services may do with it.
-- The inner select makes the list a constant of the query, so that indexes are used.
create function own_by_workspace(owned regclass, key_column text default 'workspace_id') returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', owned);
  execute format('alter table %s force row level security', owned);
  execute format(
    'create policy of_workspace on %s using (%I = any (array(select unnest(nullif(current_setting(''app.workspaces'', true), '''')::uuid[]))))',
    owned, key_column);
  execute format('grant select, insert, update, delete on %s to drayage_api, drayage_worker', owned);
end $$;

-- Workspaces and people --------------------------------------------------------------------------------------------------
create table workspaces (
  id uuid primary key,
  name text not null check (length(name) between 1 and 100),
  version integer not null default 1,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);
select own_by_workspace('workspaces', 'id');

-- People exist across workspaces; what ties them to one is a member row.
create table users (
  id uuid primary key,
  email text not null check (email = lower(email) and length(email) <= 254),
  name text,
  operator boolean not null default false,
  password_hash text,
  created_at timestamptz not null default clock_timestamp(),
  unique (email)
);
grant select, insert, update on users to drayage_api;
grant select on users to drayage_worker;

create table members (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  user_id uuid not null references users (id),
  role text not null check (role in ('workspace_admin', 'product_admin')),
  products text[] not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, user_id),
  check (role = 'product_admin' or products = '{}')
);
create index members_of_user on members (user_id);
select own_by_workspace('members');
-- A person finds their own memberships, to learn which workspaces they may enter.
create policy of_user on members for select
  using (user_id = (select nullif(current_setting('app.user', true), '')::uuid));

create table licences (
  workspace_id uuid not null references workspaces (id),
  product text not null,
  valid_until timestamptz not null,
  primary key (workspace_id, product)
);
select own_by_workspace('licences');

-- FTP clients ------------------------------------------------------------------------------------------------------------
create table ftp_clients (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  product text not null,
  label text not null check (length(label) between 1 and 64),
  root_folder text not null,
  protocol text not null check (protocol in ('ftp', 'ftps', 'sftp')),
  tls_mode text not null default 'explicit' check (tls_mode in ('explicit', 'implicit')),
  host text not null,
  port integer not null check (port between 1 and 65535),
  transfer_mode text not null default 'passive' check (transfer_mode in ('passive', 'active')),
  base_directory text not null check (base_directory ~ '^([A-Za-z]:)?/' and octet_length(base_directory) <= 1024),
  username text not null,
  trusted_host_keys text[] not null default '{}',
  trusted_certificate text,
  acknowledge_insecure boolean not null default false,
  algorithms text not null default 'default' check (algorithms in ('default', 'legacy')),
  csv jsonb not null,
  time_zone text not null,
  notification_emails text[] not null default '{}',
  mail_policy text not null check (mail_policy in ('problems', 'always')),
  poll_interval_seconds integer not null default 60 check (poll_interval_seconds between 1 and 86400),
  quiet_seconds integer not null default 10 check (quiet_seconds between 0 and 3600),
  duplicate_policy text not null default 'skip' check (duplicate_policy in ('skip', 'process')),
  settings jsonb not null default '{}',
  status text not null default 'draft' check (status in ('draft', 'active', 'paused')),
  -- HMAC over the connection fields and the digests of the secrets; a passing test counts for exactly one.
  config_digest text not null,
  has_password boolean not null default false,
  has_private_key boolean not null default false,
  secret_updated_at timestamptz,
  created_by uuid,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  deleted_at timestamptz,
  version integer not null default 1,
  primary key (workspace_id, id)
);
create unique index ftp_clients_one_per_folder on ftp_clients (workspace_id, lower(host), port, base_directory, product) where deleted_at is null;
create index ftp_clients_by_id on ftp_clients (id);
select own_by_workspace('ftp_clients');

-- Sealed to the workers' public key and bound to workspace, owner and field. The owner is an FTP client or a connection
-- test of an unsaved one.
create table sealed_secrets (
  workspace_id uuid not null references workspaces (id),
  owner_id uuid not null,
  field text not null check (field in ('password', 'privateKey', 'passphrase')),
  key_id text not null,
  sealed bytea not null,
  digest text not null, -- HMAC, made while the plain text was at hand: recognises the secret without opening it
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, owner_id, field)
);
select own_by_workspace('sealed_secrets');

-- What a worker finds out about a client while it runs; never the administrator's version of the client.
create table ftp_client_attentions (
  workspace_id uuid not null,
  ftp_client_id uuid not null,
  code text not null,
  message text not null,
  since timestamptz not null default clock_timestamp(),
  -- what found it, and so what can find that it is over
  raised_by text not null check (raised_by in ('look', 'transfer')),
  -- true: polling stops until a person activates the client again
  stops boolean not null,
  primary key (workspace_id, ftp_client_id),
  foreign key (workspace_id, ftp_client_id) references ftp_clients (workspace_id, id)
);
select own_by_workspace('ftp_client_attentions');

-- When to look next. A row exists while the client is active and polling is not stopped.
create table poll_schedule (
  workspace_id uuid not null,
  ftp_client_id uuid not null,
  due_at timestamptz not null default clock_timestamp(),
  interval_seconds integer not null,
  failures integer not null default 0,
  primary key (workspace_id, ftp_client_id),
  foreign key (workspace_id, ftp_client_id) references ftp_clients (workspace_id, id)
);
create index poll_schedule_due on poll_schedule (due_at);
select own_by_workspace('poll_schedule');

create table connection_tests (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  ftp_client_id uuid,
  product text not null,
  -- the connection fields, without secrets
  connection jsonb not null,
  config_digest text not null,
  status text not null default 'queued' check (status in ('queued', 'running', 'passed', 'failed')),
  checks jsonb not null default '{}',
  observed_host_key jsonb,
  observed_certificate jsonb,
  created_by uuid,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, ftp_client_id) references ftp_clients (workspace_id, id)
);
create index connection_tests_open on connection_tests (created_at) where status in ('queued', 'running');
select own_by_workspace('connection_tests');

-- The file store ---------------------------------------------------------------------------------------------------------
-- Originals and results, in chunks of 1 MiB, kept by the week they were stored in so that retention drops partitions.
create table files (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  stored_week date not null,
  size bigint,
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  -- set under the fence of the transfer that stored it; what stays incomplete is an orphan and swept
  complete boolean not null default false,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id)
);
create index files_orphans on files (created_at) where not complete;
select own_by_workspace('files');

create table file_chunks (
  workspace_id uuid not null,
  stored_week date not null,
  file_id uuid not null,
  ordinal integer not null,
  bytes bytea not null,
  primary key (workspace_id, stored_week, file_id, ordinal)
) partition by range (stored_week);
alter table file_chunks alter column bytes set storage external;
select own_by_workspace('file_chunks');

-- Makes the partitions of this week and the next. Weeks start on Monday, UTC.
create function prepare_file_store() returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  monday date;
  partition_name text;
begin
  perform pg_advisory_xact_lock(hashtext('drayage.prepare_file_store'));
  for ahead in 0..1 loop
    monday := date_trunc('week', clock_timestamp() at time zone 'UTC')::date + 7 * ahead;
    partition_name := 'file_chunks_' || to_char(monday, 'YYYYMMDD');
    if to_regclass(partition_name) is null then
      execute format('create table %I partition of file_chunks for values from (%L) to (%L)', partition_name, monday, monday + 7);
      execute format('alter table %I alter column bytes set storage external', partition_name);
      execute format('alter table %I enable row level security', partition_name);
      execute format('alter table %I force row level security', partition_name);
    end if;
  end loop;
end $$;

-- Drops the partitions that ended before `before`. Returns how many went.
create function drop_file_store_before(before date) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  old record;
  dropped integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('drayage.prepare_file_store'));
  for old in
    select c.relname, to_date(right(c.relname, 8), 'YYYYMMDD') as monday
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'file_chunks'::regclass and to_date(right(c.relname, 8), 'YYYYMMDD') + 7 <= before
  loop
    execute format('drop table %I', old.relname);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;
revoke all on function prepare_file_store(), drop_file_store_before(date) from public;
grant execute on function prepare_file_store(), drop_file_store_before(date) to drayage_sweep, drayage_worker;
select prepare_file_store();

-- Transfers --------------------------------------------------------------------------------------------------------------
create table transfers (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  ftp_client_id uuid, -- null for a file that came by the API
  product text not null,
  action text not null,
  mode text not null check (mode in ('live', 'test')),
  inbox text, -- the folder it was seen in, below the base directory
  file_name text not null,
  path text not null, -- where it was seen, absolute; for a file that came by the API its name
  state text not null check (state in ('seen', 'claiming', 'claimed', 'fetched', 'imported', 'rejected', 'reported', 'delivered', 'archived', 'vanished', 'quarantined', 'cancelled')),
  -- facts of the last look, compared for equality only
  size bigint,
  modified text,
  quiet_since timestamptz not null default clock_timestamp(),
  claimed_path text,
  archived_path text,
  file_id uuid,
  sha256 text,
  -- the lease: who works on it, until when, and the rising token that everything he writes must carry
  lease_holder text,
  lease_until timestamptz,
  fence bigint not null default 0,
  backend_pid integer,
  backend_started timestamptz,
  -- when to run (again); null while somebody else has to act first, and at the end
  run_at timestamptz,
  attempts integer not null default 0, -- runs that ended in a crash or a bug
  failures integer not null default 0, -- runs that ended in a fault of transport, in a row
  fetch_attempts integer not null default 0,
  last_fault jsonb,
  outcome jsonb,
  loaded boolean not null default false, -- whether the product's data was changed by it
  replay_of uuid,
  created_by uuid,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, ftp_client_id) references ftp_clients (workspace_id, id),
  foreign key (workspace_id, replay_of) references transfers (workspace_id, id)
);
create unique index transfers_one_open on transfers (workspace_id, ftp_client_id, path) where state in ('seen', 'claiming');
create index transfers_of_path on transfers (workspace_id, ftp_client_id, path, updated_at);
create index transfers_due on transfers (run_at) where run_at is not null;
create index transfers_of_client on transfers (workspace_id, ftp_client_id, created_at desc, id desc);
create index transfers_of_workspace on transfers (workspace_id, created_at desc, id desc);
-- The same content again, among transfers that changed the product's data.
create index transfers_loaded on transfers (workspace_id, ftp_client_id, action, mode, sha256) where loaded;
select own_by_workspace('transfers');

-- Append-only: what happened to a file, step by step.
create table transfer_ledger (
  workspace_id uuid not null,
  transfer_id uuid not null,
  ordinal integer not null,
  state text not null,
  at timestamptz not null default clock_timestamp(),
  worker text,
  fence bigint not null,
  details jsonb not null default '{}',
  primary key (workspace_id, transfer_id, ordinal),
  foreign key (workspace_id, transfer_id) references transfers (workspace_id, id)
);
select own_by_workspace('transfer_ledger');
revoke update, delete on transfer_ledger from drayage_api, drayage_worker;

-- Row issues, at most as many a transfer as the limit says; the rest is only counted.
create table transfer_issues (
  workspace_id uuid not null,
  transfer_id uuid not null,
  ordinal integer not null,
  row_number integer not null, -- 1 is the first row below the header; 0 the file itself
  column_name text,
  severity text not null check (severity in ('error', 'warning', 'notice')),
  code text not null,
  message text not null,
  value text,
  primary key (workspace_id, transfer_id, ordinal)
);
select own_by_workspace('transfer_issues');

-- Every row that was not imported, with what the error file says beside it; its cells stand in the stored original.
create table rejected_rows (
  workspace_id uuid not null,
  transfer_id uuid not null,
  row_number integer not null,
  errors text not null,
  warnings text not null,
  primary key (workspace_id, transfer_id, row_number)
);
select own_by_workspace('rejected_rows');

create table transfer_outputs (
  workspace_id uuid not null,
  transfer_id uuid not null,
  kind text not null,
  ftp_client_id uuid,
  name text not null,
  path text not null, -- absolute on the remote; for a transfer by the API its name
  file_id uuid, -- null until rendered
  size bigint,
  sha256 text,
  delivered_at timestamptz,
  primary key (workspace_id, transfer_id, kind),
  foreign key (workspace_id, transfer_id) references transfers (workspace_id, id)
);
create unique index transfer_outputs_one_per_path on transfer_outputs (workspace_id, ftp_client_id, path) where ftp_client_id is not null;
select own_by_workspace('transfer_outputs');

-- Ends the database session of a worker whose lease was taken over: one that was stopped in the middle of a COPY would
-- otherwise hold its locks for ever. The start time guards against a process number used again.
create function end_backend(pid integer, started timestamptz) returns boolean language sql security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(bool_or(pg_terminate_backend(a.pid)), false)
  from pg_stat_activity a where a.pid = end_backend.pid and a.backend_start = end_backend.started and a.datname = current_database()
$$;
-- This session, as end_backend knows it; a role sees nothing of its log-in's sessions otherwise.
create function current_backend(out pid integer, out started timestamptz) language sql security definer set search_path = pg_catalog, pg_temp as $$
  select a.pid, a.backend_start from pg_stat_activity a where a.pid = pg_backend_pid()
$$;
revoke all on function end_backend(integer, timestamptz), current_backend() from public;
grant execute on function end_backend(integer, timestamptz), current_backend() to drayage_worker;

-- Mail -------------------------------------------------------------------------------------------------------------------
create table outbox (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  kind text not null, -- which letter, see core's notifications/
  -- what the letter tells; recipients are looked up when it is sent, unless it names them itself
  payload jsonb not null,
  ftp_client_id uuid,
  transfer_id uuid,
  send_at timestamptz default clock_timestamp(), -- null once sent or given up
  attempts integer not null default 0,
  last_error text,
  lease_until timestamptz, -- somebody is sending it until then
  sent_to text[] not null default '{}', -- the relay took their copies
  refused_by text[] not null default '{}', -- the relay will never take their copies
  sent_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id)
);
create index outbox_due on outbox (send_at) where send_at is not null;
select own_by_workspace('outbox');

-- Who has been told who added them, so that only the first mail says it.
create table mail_recipients (
  workspace_id uuid not null references workspaces (id),
  ftp_client_id uuid not null,
  address text not null,
  added_by text not null, -- as people know them
  introduced_at timestamptz,
  primary key (workspace_id, ftp_client_id, address)
);
select own_by_workspace('mail_recipients');

-- Audit ------------------------------------------------------------------------------------------------------------------
create table audit_events (
  workspace_id uuid not null references workspaces (id),
  ordinal bigint not null,
  id uuid not null,
  at timestamptz not null,
  actor jsonb not null,
  action text not null,
  subject text not null,
  subject_id uuid,
  product text, -- of the subject, if it belongs to one: decides who may read the event
  before jsonb,
  after jsonb,
  request_id text,
  previous_hash text not null,
  hash text not null,
  primary key (workspace_id, ordinal)
);
select own_by_workspace('audit_events');
revoke update, delete on audit_events from drayage_api, drayage_worker;

-- The head of each workspace's chain; locked while an event is appended.
create table audit_heads (
  workspace_id uuid primary key references workspaces (id),
  ordinal bigint not null default 0,
  hash text not null default ''
);
select own_by_workspace('audit_heads');

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete on transfer_ledger for each row execute function refuse_change();
create trigger append_only before update or delete on audit_events for each row execute function refuse_change();
create trigger no_truncate before truncate on transfer_ledger for each statement execute function refuse_change();
create trigger no_truncate before truncate on audit_events for each statement execute function refuse_change();

-- Sweeps -----------------------------------------------------------------------------------------------------------------
-- One role may look across workspaces, at timing columns only.
grant usage on schema public to drayage_api, drayage_worker, drayage_sweep;

create policy of_sweep on workspaces to drayage_sweep using (true);
grant select (id) on workspaces to drayage_sweep;

create policy of_sweep on poll_schedule to drayage_sweep using (true);
grant select, update (due_at) on poll_schedule to drayage_sweep;

create policy of_sweep on transfers to drayage_sweep using (true);
grant select (workspace_id, id, ftp_client_id, state, run_at, lease_until, lease_holder), update (run_at) on transfers to drayage_sweep;

create policy of_sweep on outbox to drayage_sweep using (true);
grant select (workspace_id, id, send_at), update (send_at) on outbox to drayage_sweep;

create policy of_sweep on files to drayage_sweep using (true);
grant select (workspace_id, id, stored_week, complete, created_at), delete on files to drayage_sweep;

create policy of_sweep on file_chunks to drayage_sweep using (true);
grant select (workspace_id, stored_week, file_id), delete on file_chunks to drayage_sweep;

create policy of_sweep on connection_tests to drayage_sweep using (true);
grant select (workspace_id, id, status, created_at, started_at) on connection_tests to drayage_sweep;
