// One storage account, without keys and without anonymous access, and who may use it.

param account string
param location string
param tags object

@description('Whether its copies lie in three zones.')
param zones bool

@description('What it is used for: the services whose calls are logged.')
param services ('blob' | 'table')[]

@description('Private containers that it has from the beginning.')
param containers string[] = []

@description('Whether it is reached through private endpoints only.')
param isolated bool

param workspaceId string

@description('Who may do what: an identity, its principal, one role each, and what for.')
param grants { identity: string, principal: string, role: string, need: string }[]

resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: account
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: zones ? 'Standard_ZRS' : 'Standard_LRS' }
  properties: {
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isolated ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: isolated ? 'Deny' : 'Allow', bypass: 'None' }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = if (contains(services, 'blob')) {
  parent: storage
  name: 'default'
  properties: { deleteRetentionPolicy: { enabled: true, days: 7 } }

  resource container 'containers' = [for container in containers: {
    name: container
    properties: { publicAccess: 'None' }
  }]
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = if (contains(services, 'table')) {
  parent: storage
  name: 'default'
}

resource roles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for grant in grants: {
  scope: storage
  name: guid(storage.id, grant.identity, grant.role)
  properties: {
    principalId: grant.principal
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
    description: grant.need
  }
}]

resource accountDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: storage
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

resource blobDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (contains(services, 'blob')) {
  scope: blobs
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

// No logs of tables: each row that is read or written would be a line, at more than the call itself costs.
resource tableDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (contains(services, 'table')) {
  scope: tables
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

output id string = storage.id
