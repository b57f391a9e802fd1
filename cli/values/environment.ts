import type { Place } from '../errors/platform-error.ts';

/** `git` of platform.yaml. */
export interface GitSettings {
  readonly branch: string;
  /** `ssh://` or `https://`; without it, Flux follows a repository on this machine. */
  readonly remote?: string;
  /** For https; `git` where it is absent. */
  readonly username?: string;
  /** For https: certificates of a private authority, PEM; relative to the root. */
  readonly caFile?: string;
}

/** One environment, merged and checked: everything after this file trusts it. */
export interface Environment {
  /** The folder's name under clusters/, a DNS label: `dev`. */
  readonly name: string;
  /** From platform.yaml: whose system this is, a DNS label. */
  readonly client: string;
  readonly registry: string;
  readonly git: GitSettings;
  readonly values: EnvironmentValues;
  /**
   * Where a value was written: in clusters/<env>/values.yaml, platform.yaml or the sizing profile.
   *
   * @param path Keys from the top of the values, e.g. `['apps', 'trades', 'replicas']`.
   * @returns undefined where the value is a schema default.
   */
  placeOf(path: readonly (string | number)[]): Place | undefined;
}

export type EngineName = 'kind' | 'embedded' | 'existing';

export interface EnvironmentValues {
  readonly sizing: string;
  /** Destroying the cluster also needs --allow-protected. */
  readonly protected: boolean;
  readonly engine: EngineName | 'auto';
  readonly cluster: {
    /** The kubeconfig context, for the engine `existing` only. */
    readonly context?: string;
    /** Simulated or kind worker nodes. */
    readonly nodes: number;
    /** Allocatable of one simulated node, as Kubernetes quantities. */
    readonly nodeCpu: string;
    readonly nodeMemory: string;
    /** For the engine `kind` only: the image of its nodes, where it is not the pinned one. */
    readonly nodeImage?: string;
    readonly ports: readonly { readonly node: number; readonly host: number }[];
    readonly registryMirrors: Readonly<Record<string, string>>;
    readonly kubeadmPatches: readonly string[];
  };
  readonly flux: {
    readonly interval: string;
    readonly retryInterval: string;
    readonly timeout: string;
    /** Of the controllers' images. */
    readonly registry: string;
    /** By controller, where it is not the pinned version's. */
    readonly tags: Readonly<Record<string, string>>;
    /** For the engine `existing`: the artifact that Flux updates itself from. */
    readonly manifests: { readonly url: string; readonly insecure: boolean };
  };
  readonly secrets: {
    readonly sops: boolean;
    /** Public age keys that the environment's files are encrypted for; written by `platform secrets`. */
    readonly recipients: readonly string[];
  };
  /** Of the infrastructure, each by its folder in templates/infrastructure/controllers. */
  readonly components: Readonly<Record<string, ComponentValues>>;
  readonly apps: Readonly<Record<string, AppValues>>;
}

/** What every component's schema has in common; the rest is the component's own. */
export interface ComponentValues {
  /** Whether this repository brings it. */
  readonly enabled: boolean;
  /** Whether the cluster has it from somebody else. */
  readonly provided: boolean;
  readonly [key: string]: unknown;
}

/** What every app's schema has in common; the rest is the app's own. */
export interface AppValues {
  readonly enabled: boolean;
  /** Apps that must be healthy before this one is applied. */
  readonly after: readonly string[];
  /** Absent where the app has no image of its own (a Helm chart), or is switched off and names none. */
  readonly image?: {
    readonly repository: string;
    readonly tag: string;
    /** Versions that `platform image bump --latest` may take. */
    readonly range?: string;
    /** Whether Flux itself takes newer ones of these. */
    readonly automation?: boolean;
    /** Of the registry's credentials, for the automation. */
    readonly pullSecret?: string;
  };
  readonly [key: string]: unknown;
}
