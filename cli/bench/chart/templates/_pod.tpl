{{- define "labels" -}}
app.kubernetes.io/name: {{ .app }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/part-of: price-prediction
app.kubernetes.io/version: {{ .root.Values.tag | quote }}
{{- end }}

{{- define "pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
containers:
  - name: {{ .app }}
    image: "{{ .root.Values.registry }}/{{ .app }}:{{ .root.Values.tag }}"
    envFrom:
      - configMapRef:
          name: {{ .app }}
    resources:
      requests:
        cpu: {{ if eq .root.Values.sizing "small" }}50m{{ else }}250m{{ end }}
        memory: {{ if eq .root.Values.sizing "small" }}128Mi{{ else }}512Mi{{ end }}
      limits:
        cpu: {{ if eq .root.Values.sizing "small" }}500m{{ else }}"1"{{ end }}
        memory: {{ if eq .root.Values.sizing "small" }}256Mi{{ else }}1Gi{{ end }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities:
        drop: [ALL]
    volumeMounts:
      - name: tmp
        mountPath: /tmp
volumes:
  - name: tmp
    emptyDir:
      sizeLimit: 64Mi
{{- end }}
