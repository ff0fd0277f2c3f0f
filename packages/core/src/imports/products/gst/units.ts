/** Every unit quantity code. */
export const unitCodes: readonly string[] =
  `BAG BAL BDL BKL BOU BOX BTL BUN CAN CBM CCM CMS CTN DOZ DRM GGK GMS GRS GYD KGS KLR KME LTR MLT MTR MTS NOS
  PAC PCS PRS QTL ROL SET SQF SQM SQY TBS TGM THD TON TUB UGS UNT YDS OTH NA`.split(/\s+/)

const units = new Set(unitCodes)

/** The unit quantity code of `KGS` or `kgs-Kilograms`; undefined for a unit that is not on the list. */
export function unitCode(text: string): string | undefined {
  const code = text.split('-', 1)[0]?.trim().toUpperCase() ?? ''
  return units.has(code) ? code : undefined
}
