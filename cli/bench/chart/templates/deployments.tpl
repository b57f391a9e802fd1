{{- range $app := list "trades" "prediction-api" }}
{{- $values := index $.Values.apps $app }}
{{- $scope := dict "root" $ "app" $app "component" "service" }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $app }}
  labels:
    {{- include "labels" $scope | nindent 4 }}
data:
  LOG_LEVEL: {{ $values.logLevel | default "info" | quote }}
  KAFKA_BROKER_ADDRESS: kafka.kafka.svc.cluster.local:9092
  {{- with $values.productIds }}
  PRODUCT_IDS: {{ toJson . | quote }}
  {{- end }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $app }}
  annotations:
    reloader.stakater.com/auto: "true"
  labels:
    {{- include "labels" $scope | nindent 4 }}
spec:
  replicas: {{ $values.replicas }}
  revisionHistoryLimit: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: {{ $app }}
  template:
    metadata:
      labels:
        {{- include "labels" $scope | nindent 8 }}
    spec:
      {{- include "pod" $scope | nindent 6 }}
{{- end }}
---
apiVersion: v1
kind: Service
metadata:
  name: prediction-api
spec:
  ports:
    - name: http
      port: 80
      targetPort: 8000
  selector:
    app.kubernetes.io/name: prediction-api
