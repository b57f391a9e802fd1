/**
 * Every failure this program reports by design. A code is never renamed or reused: scripts match on it.
 * The number is the exit code; its meaning is in {@link ExitCode}. `docs/errors.md` is generated from this list.
 */
export const errorCodes = {
  USAGE: { exit: 2, means: 'The command line is not understood.' },
  NOT_A_PLATFORM: { exit: 2, means: 'No platform.yaml in this folder or any folder above it.' },
  ENVIRONMENT_UNKNOWN: { exit: 2, means: 'No folder of that name under clusters/.' },
  APP_UNKNOWN: { exit: 2, means: 'No app of that name in this repository.' },
  COMPONENT_UNKNOWN: { exit: 2, means: 'No component of that name in this repository.' },
  COMPONENT_NOT_STARTED: {
    exit: 4,
    means:
      'A component was switched on that the engine has to bring up, and the cluster was not started since.',
  },
  NAME_INVALID: { exit: 2, means: 'A name is no DNS label, or is taken.' },
  VALUES_SYNTAX: { exit: 2, means: 'A values file is not YAML that this program accepts.' },
  VALUES_INVALID: {
    exit: 2,
    means: 'Values are unknown, missing, mistyped, out of range or contradict each other.',
  },
  TEMPLATE_FAILED: { exit: 2, means: 'A template cannot be rendered with these values.' },
  RENDERED_FILE_EDITED: {
    exit: 2,
    means: 'A rendered file was edited by hand; rendering would lose the edit.',
  },
  RENDER_STALE: { exit: 1, means: 'The rendered files are not what the values and templates give.' },
  BUILD_FAILED: { exit: 2, means: 'kustomize cannot build an overlay.' },
  VALIDATION_FAILED: { exit: 1, means: 'The built manifests break a schema or a house rule.' },
  GIT_UNUSABLE: { exit: 2, means: 'The git repository is not in a state this command can work on.' },
  GIT_PUSH_REJECTED: { exit: 2, means: 'The remote has commits that this clone lacks.' },
  GIT_ACCESS_DENIED: {
    exit: 4,
    means: 'The git remote does not know the deploy key or the token, or there is none yet.',
  },
  GIT_HOST_UNTRUSTED: {
    exit: 4,
    means:
      'The host key of the git remote is not in known_hosts or is another one, or nobody trusted signed its certificate.',
  },
  GIT_REMOTE_UNUSABLE: {
    exit: 2,
    means: 'The git remote of platform.yaml does not answer, or not as a git repository.',
  },
  TOOL_MISSING: {
    exit: 4,
    means: 'An outside program is not there, and can neither be downloaded nor built.',
  },
  TOOL_BUILD_FAILED: { exit: 2, means: 'go build of an outside program failed.' },
  TOOL_CORRUPT: { exit: 2, means: 'A cached program is not the file that was put into the cache.' },
  TOOL_FAILED: { exit: 2, means: 'An outside program ended with an error.' },
  TOOL_TIMEOUT: { exit: 5, means: 'An outside program did not end in time.' },
  DISK_FULL: { exit: 2, means: 'The disk is full; nothing was left half-written.' },
  FILE_UNUSABLE: {
    exit: 2,
    means:
      'A file or folder cannot be read or written: permissions, a read-only disk, or something else in its place.',
  },
  STATE_UNREADABLE: {
    exit: 2,
    means: 'A state file of this program is damaged, or a newer version wrote it.',
  },
  OBJECT_UNKNOWN: { exit: 2, means: 'The cluster has no such object among those that Flux applied.' },
  OBJECT_AMBIGUOUS: { exit: 2, means: 'A name fits several objects of the cluster.' },
  FIELD_UNKNOWN: { exit: 2, means: 'An object has no such field, or it holds several fields.' },
  SNAPSHOT_UNREADABLE: {
    exit: 2,
    means: 'A file is no snapshot of a cluster, or one of a version that knew less.',
  },
  ENGINE_UNSUPPORTED: {
    exit: 2,
    means: 'The engine is unknown, not available here, or differs from the one recorded.',
  },
  ENGINE_FAILED: { exit: 2, means: 'A part of the cluster did not start.' },
  CLUSTER_MISSING: { exit: 4, means: 'There is no cluster of this environment.' },
  CLUSTER_STOPPED: { exit: 4, means: 'The cluster exists but is not running.' },
  CLUSTER_UNREACHABLE: { exit: 2, means: 'The API server does not answer.' },
  CLUSTER_UNFINISHED: {
    exit: 2,
    means: 'The cluster was never made to its end: Flux applies nothing in it yet.',
  },
  CLUSTER_BUSY: { exit: 2, means: 'Another platform command is working on this cluster.' },
  CLUSTER_FOREIGN: { exit: 2, means: 'The cluster of this name belongs to another repository.' },
  CLIENT_CHANGED: {
    exit: 2,
    means:
      'platform.yaml names another client than it did when this clone made its cluster, which is still there.',
  },
  CLUSTER_UNFIT: {
    exit: 2,
    means: 'An existing cluster cannot take the platform: its version, missing rights, or another Flux.',
  },
  FLUX_UPGRADE_REFUSED: {
    exit: 2,
    means:
      'Flux would be downgraded, would skip a minor version, or the Kubernetes of the cluster is too old for it.',
  },
  REMOVAL_STUCK: {
    exit: 5,
    means:
      'Something that is being removed from an existing cluster does not go: nobody answers its finalizer.',
  },
  KUBECONFIG_UNUSABLE: { exit: 2, means: 'The kubeconfig is broken, locked or not ours to change.' },
  IMAGE_MISSING: { exit: 4, means: 'Docker, or the registry, has no such image.' },
  IMAGE_BUILD_FAILED: { exit: 2, means: 'An image cannot be built.' },
  IMAGE_TAG_INVALID: { exit: 2, means: 'A tag does not follow the policy for image tags.' },
  REGISTRY_FAILED: { exit: 2, means: 'A container registry refuses a request, or does not answer.' },
  KUBE_REJECTED: { exit: 2, means: 'The API server refused a request.' },
  OBJECT_CHANGED: {
    exit: 2,
    means: 'An object is not as it was when somebody looked at it: nothing was done.',
  },
  SECRET_KEY_MISSING: {
    exit: 4,
    means: 'The repository has encrypted files, and the key that opens them is not here.',
  },
  SECRET_MISSING: {
    exit: 4,
    means:
      'A workload needs a Secret that is neither in git nor in the existing cluster, and values are not made up there.',
  },
  RECONCILE_FAILED: { exit: 1, means: 'Flux cannot apply the revision.' },
  RECONCILE_TIMEOUT: {
    exit: 5,
    means: 'Flux did not reach the revision, or it did not become healthy, before the deadline.',
  },
  LOADTEST_FAILED: { exit: 1, means: 'A load test could not begin, or sent no request.' },
  COMMITS_NOT_PUSHED: {
    exit: 2,
    means: 'Commits lie in one repository alone: they would be lost, or Flux would never see them.',
  },
  PROTECTED: { exit: 3, means: 'The environment is protected.' },
  NOT_CONFIRMED: {
    exit: 3,
    means: 'The command needs a confirmation that it did not get. Nothing was done.',
  },
  INTERRUPTED: { exit: 130, means: 'Stopped by Ctrl-C or SIGTERM. Run the same command again to go on.' },
} as const satisfies Record<string, { exit: ExitCode; means: string }>;

export type ErrorCode = keyof typeof errorCodes;

/**
 * 0 done · 1 the answer is no (findings, drift, not ready) · 2 usage, or could not find out · 3 not confirmed ·
 * 4 something needed is missing · 5 timed out · 130 interrupted.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 130;
