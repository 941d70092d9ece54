// The function app of one stamp, on Flex Consumption.

import { role } from '../shared/roles.bicep'
import { scale } from '../shared/types.bicep'

param location string
param name string
param plan string
param tags object
param size scale
param zones bool

@description('Subnet for what the app calls; empty: the public network.')
param subnet string

@description('Whether only private endpoints reach it.')
param isolated bool

@description('Whether Front Door alone may call; else anybody may.')
param locked bool

@description('The id that Front Door says it has.')
param frontDoorId string

@description('The host\'s own storage account: leases of timers, keys, the package. Never a node.')
param hostAccount string

param identity { identity: string, principal: string, client: string }
param workspaceId string

@description('What the app is told beyond what every function app needs.')
param settings { *: string }

var storage = environment().suffixes.storage
var throughFrontDoor = [
  {
    name: 'front-door'
    action: 'Allow'
    priority: 100
    tag: 'ServiceTag'
    ipAddress: 'AzureFrontDoor.Backend'
    headers: { 'x-azure-fdid': [frontDoorId] }
  }
]

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspaceId
    DisableLocalAuth: true
  }
}

resource publisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, identity.identity, role.monitoringMetricsPublisher)
  properties: {
    principalId: identity.principal
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.monitoringMetricsPublisher)
    description: 'Sends metrics and logs.'
  }
}

resource farm 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: plan
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true, zoneRedundant: zones }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.identity}': {} } }
  properties: {
    serverFarmId: farm.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identity.identity
    publicNetworkAccess: isolated ? 'Disabled' : 'Enabled'
    virtualNetworkSubnetId: empty(subnet) ? null : subnet
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      ipSecurityRestrictions: locked ? throughFrontDoor : []
      ipSecurityRestrictionsDefaultAction: locked ? 'Deny' : 'Allow'
      scmIpSecurityRestrictionsDefaultAction: 'Allow'
      scmIpSecurityRestrictionsUseMain: false
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: 'https://${hostAccount}.blob.${storage}/package'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.identity }
        }
      }
      scaleAndConcurrency: {
        maximumInstanceCount: size.instances
        instanceMemoryMB: size.memory
        alwaysReady: size.ready == 0 ? [] : [{ name: 'http', instanceCount: size.ready }]
        triggers: { http: { perInstanceConcurrency: size.concurrency } }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: union(settings, {
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.client
      AzureWebJobsStorage__blobServiceUri: 'https://${hostAccount}.blob.${storage}'
      AzureWebJobsStorage__tableServiceUri: 'https://${hostAccount}.table.${storage}'
      APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.client};Authorization=AAD'
      AZURE_CLIENT_ID: identity.client
    })
  }

  resource noFtpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource noScmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource planDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: farm
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource insightsDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: insights
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = app.id
output host string = app.properties.defaultHostName
