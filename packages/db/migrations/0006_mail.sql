-- Who wants no mail from a workspace any more. Nobody but they themselves puts them there or takes them away.
create table mail_suppressions (
  workspace_id uuid not null references workspaces (id),
  address text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, address)
);
select own_by_workspace('mail_suppressions');
