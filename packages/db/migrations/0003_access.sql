-- Who people and ERPs are: sessions, links by mail, API clients; how often they may try; the seals of the audit trail.

-- The installation --------------------------------------------------------------------------------------------------------
-- What belongs to no workspace (log-ins of operators, letters about a password) stands under this one. Nobody is its
-- member, no list shows it.
do $$
begin
  perform set_config('app.workspaces', '{00000000-0000-0000-0000-000000000000}', true);
  insert into workspaces (id, name) values ('00000000-0000-0000-0000-000000000000', 'Installation');
end $$;

-- Sessions of people -------------------------------------------------------------------------------------------------------
create table sessions (
  id uuid primary key,
  user_id uuid not null references users (id),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  end_reason text check (end_reason in ('logged_out', 'token_reused', 'password_set')),
  check ((ended_at is null) = (end_reason is null))
);
create index sessions_of_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires_at);

-- Every refresh token a session ever had; one that comes a second time ends the session.
create table refresh_tokens (
  hash bytea primary key,
  session_id uuid not null references sessions (id) on delete cascade,
  used_at timestamptz
);
create index refresh_tokens_of_session on refresh_tokens (session_id);

-- Links that let somebody set a password: the invitation's and the reset's. Made when the letter is written, so that
-- the token stands in the mail alone.
create table password_links (
  hash bytea primary key,
  user_id uuid not null references users (id),
  expires_at timestamptz not null
);
create index password_links_of_user on password_links (user_id);
create index password_links_by_expiry on password_links (expires_at);

-- How often somebody tried and was refused, by what they tried and from where. Keys are keyed hashes.
create unlogged table attempts (
  key text primary key,
  failures integer not null,
  last_at timestamptz not null
);
create index attempts_by_age on attempts (last_at);

-- Access tokens that were taken back before their end.
create table revoked_tokens (
  id uuid primary key,
  expires_at timestamptz not null
);
create index revoked_tokens_by_expiry on revoked_tokens (expires_at);

grant select, insert, update, delete on sessions, refresh_tokens, password_links, attempts, revoked_tokens to drayage_api, drayage_worker;

-- API clients ----------------------------------------------------------------------------------------------------------------
create table api_clients (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  label text not null check (length(label) between 1 and 64),
  product text, -- null: all products
  scopes text[] not null check (cardinality(scopes) > 0),
  created_by uuid,
  created_at timestamptz not null default clock_timestamp(),
  deleted_at timestamptz,
  primary key (workspace_id, id)
);
create index api_clients_by_id on api_clients (id);
select own_by_workspace('api_clients');
-- An API client that says who it is finds itself, and so its workspace.
create policy of_api_client on api_clients for select
  using (id = (select nullif(current_setting('app.api_client', true), '')::uuid));

create table api_client_secrets (
  workspace_id uuid not null,
  id uuid not null,
  api_client_id uuid not null,
  hash bytea not null, -- keyed, over the whole secret
  last4 text not null,
  created_by uuid,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz, -- set when another one takes its place
  last_used_at timestamptz,
  last_used_from text,
  primary key (workspace_id, id),
  foreign key (workspace_id, api_client_id) references api_clients (workspace_id, id)
);
create index api_client_secrets_of_client on api_client_secrets (workspace_id, api_client_id);
select own_by_workspace('api_client_secrets');

-- Seals of the audit trail ---------------------------------------------------------------------------------------------------
create index audit_events_newest on audit_events (workspace_id, id desc);

-- A signature over the end of a chain: whoever rewrites the chain below it cannot make another without the key.
create table audit_seals (
  workspace_id uuid not null references workspaces (id),
  ordinal bigint not null,
  hash text not null,
  at timestamptz not null,
  key_id text not null,
  signature bytea not null,
  primary key (workspace_id, ordinal)
);
select own_by_workspace('audit_seals');
revoke update, delete on audit_seals from drayage_api, drayage_worker;
create trigger append_only before update or delete on audit_seals for each row execute function refuse_change();
create trigger no_truncate before truncate on audit_seals for each statement execute function refuse_change();

create policy of_sweep on audit_heads to drayage_sweep using (true);
grant select (workspace_id, ordinal) on audit_heads to drayage_sweep;
create policy of_sweep on audit_seals to drayage_sweep using (true);
grant select (workspace_id, ordinal) on audit_seals to drayage_sweep;

-- Who is asking -----------------------------------------------------------------------------------------------------------
-- Asked with every request, so each is one question instead of several. They have the rights of the caller: what they do
-- is to let somebody who named themselves see themselves, as the policies above allow.

-- A person, and whether this session of theirs is open (null: none is asked about).
create function known_user(wanted uuid, session uuid)
  returns table (email text, operator boolean, in_session boolean, memberships jsonb) language plpgsql as $$
begin
  perform set_config('app.user', wanted::text, true);
  return query
    select u.email, u.operator,
      session is null or exists (
        select from sessions s where s.id = session and s.user_id = wanted and s.ended_at is null and s.expires_at > clock_timestamp()),
      coalesce((
        select jsonb_agg(jsonb_build_object('workspaceId', m.workspace_id, 'role', m.role, 'products', m.products) order by m.workspace_id)
        from members m where m.user_id = wanted), '[]')
    from users u where u.id = wanted;
end $$;

-- An API client and, if it is one of its live ones, the secret. From here on the transaction sees its workspace.
create function known_api_client(wanted uuid, secret uuid)
  returns table (
    workspace_id uuid, label text, product text, scopes text[],
    hash bytea, expires_at timestamptz, last_used_at timestamptz) language plpgsql as $$
declare found_client api_clients;
begin
  perform set_config('app.api_client', wanted::text, true);
  select c.* into found_client from api_clients c where c.id = wanted and c.deleted_at is null;
  if not found then return; end if;
  perform set_config('app.workspaces', '{' || found_client.workspace_id || '}', true);
  return query
    select found_client.workspace_id, found_client.label, found_client.product, found_client.scopes, s.hash, s.expires_at, s.last_used_at
    from (values (1)) one
    left join api_client_secrets s
      on s.workspace_id = found_client.workspace_id and s.id = secret and s.api_client_id = wanted
        and (s.expires_at is null or s.expires_at > clock_timestamp());
end $$;
