import type { Transaction } from '@drayage/db/connect'

/** What a letter comes to when it is sent: who gets a copy, and what stands in each. */
export type Copies = {
  recipients: readonly string[]
  write(transaction: Transaction, address: string): Promise<{ subject: string; text: string; unsubscribeUrl?: string }>
  /** A copy is with the relay. */
  sent(transaction: Transaction, address: string): Promise<void>
}
