import pg from 'pg'

/** Whether a statement failed because of this constraint or unique index. */
export function violates(error: unknown, constraint: string): boolean {
  if (error instanceof pg.DatabaseError) return error.constraint === constraint
  return error instanceof Error && error.cause !== undefined && violates(error.cause, constraint)
}
