import type { Case } from '../../../contracts/cases.ts';
import type { StoredCase } from './stored-case.ts';

/** A stored case as the API tells of it. */
export const describeCase = ({ id, content, status, reasons, decidedAt, segment }: StoredCase): Case => ({
  id,
  status,
  reasons: [...reasons],
  receivedAt: content.receivedAt,
  ...(decidedAt === undefined ? {} : { decidedAt }),
  subject: content.subject,
  input: { ...content.input },
  label: content.label,
  ...(content.gold === undefined ? {} : { gold: content.gold }),
  validator: content.validator,
  confidence: content.confidence,
  ...(content.validatedAt === undefined ? {} : { validatedAt: content.validatedAt }),
  ...(segment === undefined ? {} : { segment }),
});
