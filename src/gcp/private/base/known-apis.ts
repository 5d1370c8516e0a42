/** APIs of Google Cloud, `<name>.googleapis.com`, that hold or process data; the list is for warnings, because new ones come. */
export const KNOWN_APIS: readonly string[] = [
  'accesscontextmanager', 'aiplatform', 'alloydb', 'apigee', 'appengine', 'artifactregistry', 'bigquery', 'bigquerydatatransfer', 'bigtable', 'bigtableadmin',
  'binaryauthorization', 'cloudbuild', 'clouddeploy', 'cloudfunctions', 'cloudkms', 'cloudresourcemanager', 'cloudscheduler', 'cloudtasks', 'composer',
  'compute', 'container', 'containeranalysis', 'dataflow', 'datafusion', 'dataplex', 'dataproc', 'datastore', 'datastream', 'discoveryengine', 'dlp', 'dns',
  'documentai', 'eventarc', 'file', 'firestore', 'iam', 'iamcredentials', 'iap', 'integrations', 'language', 'logging', 'looker', 'memcache', 'metastore',
  'ml', 'monitoring', 'networkconnectivity', 'notebooks', 'orgpolicy', 'pubsub', 'pubsublite', 'redis', 'retail', 'run', 'secretmanager', 'securitycenter',
  'servicedirectory', 'servicenetworking', 'serviceusage', 'spanner', 'speech', 'sqladmin', 'storage', 'storagetransfer', 'sts', 'translate', 'videointelligence',
  'vision', 'vpcaccess', 'workflowexecutions', 'workflows', 'workstations',
];
