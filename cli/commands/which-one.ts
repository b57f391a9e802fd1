/**
 * What stands behind a command that is proposed next.
 *
 * @param environments Those that this command was about.
 * @returns ` dev` where that was exactly one; empty otherwise, since the next command then takes all of them.
 */
export function whichOne(environments: readonly string[]): string {
  const [only, ...others] = environments;
  return only === undefined || others.length > 0 ? '' : ` ${only}`;
}
