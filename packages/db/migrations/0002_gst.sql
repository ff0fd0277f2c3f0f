-- GST: documents of the sales register and their lines. A column is named as the template names it.

-- A document is never changed: a later transfer that brings it again adds a version. So every transfer can tell at any
-- time what it imported. Which version counts stands in gst_current_documents.
create table gst_documents (
  workspace_id uuid not null references workspaces (id),
  id uuid not null, -- counts up from the transfer's id: sorts by transfer, then as in its file
  transfer_id uuid not null,
  financial_year smallint not null, -- the year whose April began it
  warnings text,
  document_type text not null check (document_type in ('INVOICE', 'CREDIT', 'DEBIT')),
  document_number text not null,
  document_date date not null,
  return_filing_month date, -- its first day; null: the month of the document
  place_of_supply text not null,
  applicable_tax_rate text,
  is_this_a_bill_of_supply boolean,
  is_reverse_charge boolean,
  is_gst_tds_deducted boolean,
  linked_advance_document_number text,
  linked_advance_document_date date,
  linked_advance_adjustment_amount numeric(15, 2),
  original_document_number text,
  original_document_date date,
  original_document_customer_gstin text,
  linked_invoice_number text,
  linked_invoice_date date,
  linked_invoice_customer_gstin text,
  is_linked_invoice_pre_gst boolean,
  reason_for_issuing_cdn text,
  ecommerce_gstin text,
  supplier_gstin text not null,
  supplier_name text,
  customer_gstin text,
  customer_name text,
  customer_address text,
  customer_city text,
  customer_state text,
  customer_taxpayer_type text,
  document_cgst_amount numeric(15, 2),
  document_sgst_amount numeric(15, 2),
  document_igst_amount numeric(15, 2),
  document_cess_amount numeric(15, 2),
  document_total_amount numeric(15, 2),
  export_type text,
  export_bill_number text,
  export_bill_date date,
  export_port_code text,
  erp_source text,
  company_code text,
  voucher_type text,
  voucher_number text,
  voucher_date date,
  is_this_document_cancelled boolean,
  is_this_document_deleted boolean,
  external_id text,
  primary key (workspace_id, id)
);
select own_by_workspace('gst_documents');

-- The version of a document that counts: the one of the latest transfer. Two are the same document if all of the key is
-- the same, whatever the case in which the number was written.
create table gst_current_documents (
  workspace_id uuid not null,
  number_key text not null, -- the number in capitals; row security would keep upper() out of an index
  supplier_gstin text not null,
  financial_year smallint not null,
  document_type text not null,
  document_id uuid not null,
  primary key (workspace_id, number_key, supplier_gstin, financial_year, document_type)
);
select own_by_workspace('gst_current_documents');

-- Written with their document in one transaction and never alone, hence without a foreign key, which would be asked for
-- each of millions of lines.
create table gst_document_lines (
  workspace_id uuid not null,
  document_id uuid not null,
  row_number integer not null, -- of the file it came in; orders the lines of a document
  item_description text,
  item_category text,
  hsn_or_sac_code text,
  item_quantity numeric(19, 6),
  item_unit_code text,
  item_unit_price numeric(19, 6),
  item_discount_amount numeric(15, 2),
  item_taxable_amount numeric(15, 2) not null,
  zero_tax_category text,
  gst_rate numeric(6, 3),
  cgst_rate numeric(6, 3),
  cgst_amount numeric(15, 2),
  sgst_rate numeric(6, 3),
  sgst_amount numeric(15, 2),
  igst_rate numeric(6, 3),
  igst_amount numeric(15, 2),
  cess_rate numeric(6, 3),
  cess_amount numeric(15, 2),
  external_line_item_id text,
  extras jsonb, -- columns of the file that the template does not know, by header
  primary key (workspace_id, document_id, row_number)
);
select own_by_workspace('gst_document_lines');
