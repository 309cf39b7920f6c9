import type { AuditAction, AuditEntry } from '../../../contracts/monitoring.ts';

/** An entry of the audit before it has its place in the chain. */
export type AuditDraft = Omit<AuditEntry, 'number' | 'at' | 'previous' | 'hash' | 'action'> & { action: AuditAction };
