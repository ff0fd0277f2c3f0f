-- Which keys still seal secrets, so that one of a rotation can be taken out. Nothing of the secrets, nor whose they are.
create policy of_sweep on sealed_secrets to drayage_sweep using (true);
grant select (key_id) on sealed_secrets to drayage_sweep;
