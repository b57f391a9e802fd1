/** Flux's controllers that this platform uses; program, image and Deployment have the same name. */
export const fluxControllers = ['source-controller', 'kustomize-controller', 'helm-controller'] as const;
