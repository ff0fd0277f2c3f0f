import { missingVsftpd } from '@drayage/test/servers/vsftpd'
import type { Bench } from '../bench.ts'
import { programs } from '../programs.ts'
import { publishing } from './publish.ts'
import { reading } from './reading.ts'
import { openRatebookSite } from './site.ts'
import { undisturbed } from './undisturbed.ts'

export const ratebook: Bench = {
  name: 'ratebook',
  about: 'a book of rates from an FTPS server to its readers, and what readers notice of the next ones',
  needs: [programs.sshd, programs.psql],
  async *experiments(setting) {
    const missing = missingVsftpd()
    if (missing !== undefined) return setting.tell(`left out: ${missing}`)
    await using site = await openRatebookSite(setting)
    await using _worker = await site.startWorker('ratebook')
    yield await publishing(site, setting)
    yield await reading(site, setting)
    yield await undisturbed(site, setting)
  },
}
