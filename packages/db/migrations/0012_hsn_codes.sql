-- The HSN and SAC codes that there are, if the operator loaded a list; none: any code of the right build will do.
create table hsn_codes (
  code text primary key,
  description text
);
grant select on hsn_codes to drayage_api;
grant select, insert, delete on hsn_codes to drayage_worker;
