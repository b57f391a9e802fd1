import { describe, expect, it } from 'vitest';
import { documentRules } from './document-rules.ts';
import { houseRules } from './house-rules.ts';
import { repositoryCodes } from './repository-secrets.ts';
import { schemaCodes } from './schemas/schema-codes.ts';

describe('documentRules', () => {
  it('explains every code once', () => {
    const codes = [...schemaCodes, ...houseRules, ...repositoryCodes].map(({ code }) => code);
    const headings = [...documentRules().matchAll(/^### (\w+)$/gm)].map((match) => match[1]);
    expect(headings).toEqual(codes);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
