// What the app is told, by the names of its options classes. A test binds each of them and finds none missing and none unknown.

import { auth, node, providers } from 'types.bicep'
import { serviceBusOf, signalROf } from 'names.bicep'

func secret(vault string, name string) string => '@Microsoft.KeyVault(SecretUri=https://${vault}${environment().suffixes.keyvaultDns}/secrets/${name})'

func ofNodes(nodes node[]) object => shallowMerge(map(range(0, length(nodes)), i => {
  'Cluster__Nodes__${i}__Id': nodes[i].id
  'Cluster__Nodes__${i}__Region': nodes[i].region
  'Cluster__Nodes__${i}__Endpoint': 'https://${nodes[i].account}.table.${environment().suffixes.storage}'
}))

func ofAuth(auth auth) object => union(
  {
    Auth__Issuer: auth.issuer
    Auth__Audience: auth.audience
    Auth__MetadataAddress: auth.metadata
  },
  shallowMerge(flatten(map(range(0, length(auth.services)), i => concat(
    [{ 'Auth__Services__${i}__Key': auth.services[i].key }],
    map(range(0, length(auth.services[i].hashes)), h => { 'Auth__Services__${i}__SecretHashes__${h}': auth.services[i].hashes[h] })
  ))))
)

func ofProviders(providers providers, vault string, publicAddress string) object => shallowMerge([
  providers.?apns == null ? {} : {
    Notifications__Apns__TeamId: providers.apns!.teamId
    Notifications__Apns__KeyId: providers.apns!.keyId
    Notifications__Apns__PrivateKey: secret(vault, 'apns-private-key')
  }
  providers.?fcm == null ? {} : {
    Notifications__Fcm__ProjectId: providers.fcm!.projectId
    Notifications__Fcm__Credentials: secret(vault, 'fcm-credentials')
  }
  providers.?sms == null ? {} : {
    Notifications__Sms__Endpoint: providers.sms!.endpoint
    Notifications__Sms__From: providers.sms!.from
    Notifications__Sms__AccessKey: secret(vault, 'sms-access-key')
  }
  providers.?email == null ? {} : {
    Notifications__Email__Host: providers.email!.host
    Notifications__Email__From: providers.email!.from
    Notifications__Email__User: providers.email!.user
    Notifications__Email__Password: secret(vault, 'email-password')
  }
  !providers.links ? {} : {
    Notifications__PublicAddress: publicAddress
    Notifications__SigningKey: secret(vault, 'notifications-signing-key')
  }
])

@export()
@description('The settings that all stamps share: the lists of nodes and of SignalR Services, who calls, and which providers there are.')
func settingsOf(name string, nodes node[], stamps string[], auth auth, providers providers, vault string, publicAddress string) object => shallowMerge([
  ofNodes(nodes)
  shallowMerge(map(stamps, location => { 'Realtime__Regions__${location}': 'https://${signalROf(name, location)}.service.signalr.net' }))
  ofAuth(auth)
  ofProviders(providers, vault, publicAddress)
])

@export()
@description('The settings of one stamp.')
func stampSettingsOf(name string, location string, client string, locked bool, frontDoorId string) object => union(
  {
    Cluster__Region: location
    ServiceBus__fullyQualifiedNamespace: '${serviceBusOf(name, location)}.servicebus.windows.net'
    ServiceBus__credential: 'managedidentity'
    ServiceBus__clientId: client
    AzureSignalRConnectionString__serviceUri: 'https://${signalROf(name, location)}.service.signalr.net'
  },
  locked ? { Guard__FrontDoorId: frontDoorId } : {}
)
