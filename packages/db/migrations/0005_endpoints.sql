-- Sessions with customers' servers, counted over all workers.
--
-- An endpoint is a keyed digest of host, port and user name: two workspaces may have clients on the same one, and nobody
-- can read from it whose server it is.

-- Workers that hold slots. One beat keeps all slots of a worker.
create table workers (
  name text primary key,
  alive_until timestamptz not null,
  lease interval not null
);

-- While PostgreSQL is away nobody can say that they live: all who did are given their time again when it is back.
create view living_workers with (security_invoker) as
  select name from workers where greatest(alive_until, pg_postmaster_start_time() + lease) > clock_timestamp();

-- A row is a session that may be open; one of a worker that is not alive is free.
create table endpoint_slots (
  endpoint text not null,
  slot integer not null,
  worker text not null,
  wanted boolean not null default false, -- somebody waits: give it back when it is idle
  primary key (endpoint, slot)
);
create index endpoint_slots_wanted on endpoint_slots (worker) where wanted;

-- What was learned of endpoints that do not answer, or have no room. No row: nothing but good.
create table endpoint_troubles (
  endpoint text primary key,
  failures integer not null default 0, -- in a row
  rests_until timestamptz, -- nobody tries before; then one does, for all
  fault jsonb, -- what the last one met
  most_sessions integer, -- the server had no room for more
  most_until timestamptz,
  updated_at timestamptz not null default clock_timestamp()
);

grant select, insert, update, delete on workers, endpoint_slots, endpoint_troubles to drayage_worker;
grant select on living_workers to drayage_worker;

-- Looks ------------------------------------------------------------------------------------------------------------------
alter table poll_schedule
  add held_by text, -- the worker that looked last, and may have a session open
  add active_at timestamptz not null default clock_timestamp(); -- when anything was last seen
grant update (held_by) on poll_schedule to drayage_sweep;

alter table ftp_clients add max_sessions integer not null default 2 check (max_sessions between 1 and 10);
