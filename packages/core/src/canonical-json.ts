/**
 * JSON with the keys of every object in code-unit order and no space (after RFC 8785): equal values give equal text,
 * also after a round trip through a jsonb column. Undefined members are left out, as JSON does.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
