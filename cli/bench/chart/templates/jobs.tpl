---
apiVersion: v1
kind: ConfigMap
metadata:
  name: backfill
data:
  LAST_DAYS: {{ .Values.apps.backfill.lastDays | quote }}
  LOG_LEVEL: {{ .Values.apps.backfill.logLevel | quote }}
  PRODUCT_IDS: {{ toJson .Values.apps.trades.productIds | quote }}
{{- range $stage := list "1-trades" "2-candles" "3-indicators" }}
{{- $scope := dict "root" $ "app" "backfill" "component" $stage }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: backfill-{{ $stage }}-{{ toJson $.Values | sha256sum | trunc 10 }}
  labels:
    {{- include "labels" $scope | nindent 4 }}
spec:
  backoffLimit: 2
  activeDeadlineSeconds: 3600
  template:
    metadata:
      labels:
        {{- include "labels" $scope | nindent 8 }}
    spec:
      restartPolicy: Never
      {{- include "pod" $scope | nindent 6 }}
{{- end }}
