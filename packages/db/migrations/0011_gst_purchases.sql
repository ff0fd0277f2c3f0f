-- GST: documents of the purchase register and their lines, kept as those of the sales register are (see 0002).

create table gst_purchases (
  workspace_id uuid not null references workspaces (id),
  id uuid not null, -- counts up from the transfer's id: sorts by transfer, then as in its file
  transfer_id uuid not null,
  financial_year smallint not null, -- the year whose April began it
  warnings text,
  document_type text not null check (document_type in ('INVOICE', 'CREDIT', 'DEBIT')),
  document_number text not null, -- as the supplier wrote it
  document_date date not null,
  return_filing_month date, -- its first day; null: the month of the document
  place_of_supply text, -- null: the state of the customer
  is_this_a_bill_of_supply boolean,
  is_reverse_charge boolean,
  linked_advance_document_number text,
  linked_advance_document_date date,
  linked_advance_adjustment_amount numeric(15, 2),
  linked_invoice_number text,
  linked_invoice_date date,
  supplier_gstin text, -- null: not registered, or abroad
  supplier_name text,
  supplier_address text,
  supplier_city text,
  supplier_state text,
  is_supplier_composition_dealer boolean,
  customer_gstin text not null,
  document_cgst_amount numeric(15, 2),
  document_sgst_amount numeric(15, 2),
  document_igst_amount numeric(15, 2),
  document_cess_amount numeric(15, 2),
  document_total_amount numeric(15, 2),
  import_type text,
  import_bill_number text,
  import_bill_date date,
  import_port_code text,
  payment_due_date date,
  erp_source text,
  company_code text,
  vendor_code text,
  voucher_type text,
  voucher_number text,
  voucher_date date,
  is_this_document_cancelled boolean,
  is_this_document_deleted boolean,
  external_id text,
  primary key (workspace_id, id)
);
select own_by_workspace('gst_purchases');

-- The version of a document that counts: the one of the latest transfer.
create table gst_current_purchases (
  workspace_id uuid not null,
  number_key text not null, -- the number in capitals
  supplier_key text not null, -- the supplier's GSTIN, else its name in small letters
  financial_year smallint not null,
  document_type text not null,
  document_id uuid not null,
  primary key (workspace_id, number_key, supplier_key, financial_year, document_type)
);
select own_by_workspace('gst_current_purchases');

create table gst_purchase_lines (
  workspace_id uuid not null,
  document_id uuid not null,
  row_number integer not null, -- of the file it came in; orders the lines of a document
  item_category text,
  item_description text,
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
  itc_claim_type text,
  itc_claim_cgst_amount numeric(15, 2),
  itc_claim_sgst_amount numeric(15, 2),
  itc_claim_igst_amount numeric(15, 2),
  itc_claim_cess_amount numeric(15, 2),
  goods_receipt_note_number text,
  goods_receipt_note_date date,
  goods_receipt_note_quantity numeric(19, 6),
  goods_receipt_note_amount numeric(15, 2),
  external_line_item_id text,
  extras jsonb, -- columns of the file that the template does not know, by header
  primary key (workspace_id, document_id, row_number)
);
select own_by_workspace('gst_purchase_lines');
