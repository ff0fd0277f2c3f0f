import { api } from './api/api.ts'
import type { Bench } from './bench.ts'
import { cold } from './cold/cold.ts'
import { files } from './files/files.ts'
import { importBench } from './import/import.ts'
import { latency } from './latency/latency.ts'
import { poll } from './poll/poll.ts'
import { ratebook } from './ratebook/ratebook.ts'
import { scale } from './scale/scale.ts'
import { transfer } from './transfer/transfer.ts'

/** Every bench, in the order they run. */
export const benches: readonly Bench[] = [transfer, importBench, ratebook, files, poll, latency, scale, api, cold]
