import type { EngineDeps } from '../engine.ts';

export type EmbeddedAsset = 'flux-crds' | 'kwok-stages' | 'external-secrets-embedded-crds' | 'keda-crds';

/** What the embedded engine needs of the toolchain. */
export interface EmbeddedTools {
  /** Absolute paths by program name; builds what is missing. */
  programs(
    names: readonly string[],
    say: (detail: string) => void,
  ): Promise<Readonly<Record<string, string>>>;
  /** A folder with files that come with the programs. */
  assets(name: EmbeddedAsset): Promise<string>;
}

/** The real toolchain, loaded when it is first needed. */
export function toolchainOf(deps: EngineDeps): EmbeddedTools {
  return {
    programs: async (names, say) => {
      const { ensurePrograms } = await import('../../toolchain/ensure-programs.ts');
      return ensurePrograms(deps, [...names], say);
    },
    assets: async (name) => {
      const { assetDirectory } = await import('../../toolchain/assets.ts');
      return assetDirectory(deps, name);
    },
  };
}
