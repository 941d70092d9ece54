// A name of one's own in front of Front Door, in a zone of one's own.

@description('The Front Door profile and its endpoint.')
param name string

param tags object
param zone string
param host string

resource names 'Microsoft.Network/dnsZones@2023-07-01-preview' = {
  name: zone
  location: 'global'
  tags: tags

  resource alias 'CNAME' = {
    name: host
    properties: { TTL: 3600, CNAMERecord: { cname: profile::endpoint.properties.hostName } }
  }

  resource proof 'TXT' = {
    name: '_dnsauth.${host}'
    properties: { TTL: 3600, TXTRecords: [{ value: [domain.properties.validationProperties.validationToken] }] }
  }
}

resource profile 'Microsoft.Cdn/profiles@2025-06-01' existing = {
  name: name

  resource endpoint 'afdEndpoints' existing = {
    name: name
  }
}

resource domain 'Microsoft.Cdn/profiles/customDomains@2025-06-01' = {
  parent: profile
  name: replace('${host}-${zone}', '.', '-')
  properties: {
    hostName: '${host}.${zone}'
    tlsSettings: { certificateType: 'ManagedCertificate', minimumTlsVersion: 'TLS12' }
    azureDnsZone: { id: names.id }
  }
}

output id string = domain.id
output nameServers string[] = names.properties.nameServers
