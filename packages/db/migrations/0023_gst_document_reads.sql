-- Documents of the registers are looked for by number, by month and whose they are, and by what was taken back. Few indexes,
-- because each import pays for each of them.

-- What is looked for stands in columns: row security would keep functions out of an index.
alter table gst_documents
  add column number_key text not null generated always as (upper(document_number)) stored,
  add column return_period date not null
    generated always as (coalesce(return_filing_month, date_trunc('month', document_date::timestamp)::date)) stored;
alter table gst_purchases
  add column number_key text not null generated always as (upper(document_number)) stored,
  add column return_period date not null
    generated always as (coalesce(return_filing_month, date_trunc('month', document_date::timestamp)::date)) stored;

create index gst_documents_number on gst_documents (workspace_id, number_key, id);
create index gst_purchases_number on gst_purchases (workspace_id, number_key, id);

-- Who asks for a GSTIN alone goes from month to month.
create index gst_documents_period on gst_documents (workspace_id, return_period, supplier_gstin, id);
create index gst_purchases_period on gst_purchases (workspace_id, return_period, customer_gstin, id);
create index gst_purchases_supplier on gst_purchases (workspace_id, supplier_gstin, id);

-- Nearly empty.
create index gst_documents_taken_back on gst_documents (workspace_id, id)
  where is_this_document_cancelled or is_this_document_deleted;
create index gst_purchases_taken_back on gst_purchases (workspace_id, id)
  where is_this_document_cancelled or is_this_document_deleted;
