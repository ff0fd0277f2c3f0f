import { missingOpenSsh, startOpenSsh } from '../servers/openssh.ts'
import { describeCrashMatrix } from './harness/crash-matrix.ts'

describeCrashMatrix({ name: 'SFTP, OpenSSH', skip: missingOpenSsh(), start: () => startOpenSsh() })
