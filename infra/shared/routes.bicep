// What the front door does with a request: to the nearest stamp that is well, or to the page.

param name string
param tags object
param tier 'standard' | 'premium'

@description('The stamps\' apps; isolated ones are reached over Private Link.')
param stamps { location: string, host: string, app: string }[]

param isolated bool

@description('The account whose container "page" is the page.')
param pageAccount string

@description('Who reads it.')
param pageIdentity string

@description('Whom the page may talk to beside its own host: the SignalR services, and who signs people in.')
param connects string[]

@description('A custom domain of the profile; empty: none.')
param customDomain string

// The local front door goes by the same rule.
var rule = loadJsonContent('probe.json')
var probe = { probePath: rule.path, probeProtocol: 'Https', probeRequestType: rule.method, probeIntervalInSeconds: rule.intervalSeconds }
var balance = {
  sampleSize: rule.sampleSize
  successfulSamplesRequired: rule.successfulSamples
  additionalLatencyInMilliseconds: rule.additionalLatencyMilliseconds
}
var domains = empty(customDomain) ? [] : [{ id: customDomain }]
var pageHost = '${pageAccount}.blob.${environment().suffixes.storage}'
var policy = join([
  'default-src \'none\''
  'script-src \'self\''
  'style-src \'self\''
  'img-src \'self\' data:'
  'connect-src \'self\' ${join(connects, ' ')}'
  'manifest-src \'self\''
  'base-uri \'none\''
  'form-action \'none\''
  'frame-ancestors \'none\''
], '; ')
var origins = [for stamp in stamps: union(
  {
    hostName: stamp.host
    originHostHeader: stamp.host
    priority: 1
    weight: 1000
    httpsPort: 443
    enabledState: 'Enabled'
    enforceCertificateNameCheck: true
  },
  isolated ? { sharedPrivateLinkResource: { groupId: 'sites', privateLink: { id: stamp.app }, privateLinkLocation: stamp.location, requestMessage: 'Front Door' } } : {}
)]
var pageHeaders = {
  'Content-Security-Policy': policy
  'Referrer-Policy': 'no-referrer'
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains'
  'X-Content-Type-Options': 'nosniff'
}

resource profile 'Microsoft.Cdn/profiles@2025-06-01' existing = {
  name: name

  resource endpoint 'afdEndpoints' existing = {
    name: name
  }
}

resource app 'Microsoft.Cdn/profiles/originGroups@2025-06-01' = {
  parent: profile
  name: 'app'
  properties: { healthProbeSettings: probe, loadBalancingSettings: balance, sessionAffinityState: 'Disabled' }
}

// Equal priority and weight: whichever of those that are well is nearest to the edge, and others that are at most 50 ms farther. More would send people across the sea at every other
// request, and let stamps contend for one room.
resource appOrigins 'Microsoft.Cdn/profiles/originGroups/origins@2025-06-01' = [for (stamp, i) in stamps: {
  parent: app
  name: stamp.location
  properties: origins[i]
}]

// Each stamp by itself, for the smoke test before it gets traffic. A single origin is not probed.
resource single 'Microsoft.Cdn/profiles/originGroups@2025-06-01' = [for stamp in stamps: {
  parent: profile
  name: 'stamp-${stamp.location}'
  properties: { loadBalancingSettings: balance, sessionAffinityState: 'Disabled' }
}]

resource singleOrigins 'Microsoft.Cdn/profiles/originGroups/origins@2025-06-01' = [for (stamp, i) in stamps: {
  parent: single[i]
  name: stamp.location
  properties: origins[i]
}]

resource page 'Microsoft.Cdn/profiles/originGroups@2025-06-01' = {
  parent: profile
  name: 'page'
  properties: {
    loadBalancingSettings: balance
    sessionAffinityState: 'Disabled'
    authentication: {
      type: 'UserAssignedIdentity'
      userAssignedIdentity: { id: pageIdentity }
      scope: 'https://storage.azure.com/.default'
    }
  }

  resource origin 'origins' = {
    name: 'storage'
    properties: {
      hostName: pageHost
      originHostHeader: pageHost
      priority: 1
      weight: 1000
      httpsPort: 443
      enabledState: 'Enabled'
      enforceCertificateNameCheck: true
    }
  }
}

resource pageRules 'Microsoft.Cdn/profiles/ruleSets@2025-06-01' = {
  parent: profile
  name: 'page'

  resource first 'rules' = {
    name: 'first'
    properties: {
      order: 1
      conditions: [{ name: 'UrlPath', parameters: { typeName: 'DeliveryRuleUrlPathMatchConditionParameters', operator: 'Equal', matchValues: ['/'] } }]
      actions: [
        { name: 'UrlRewrite', parameters: { typeName: 'DeliveryRuleUrlRewriteActionParameters', sourcePattern: '/', destination: '/index.html', preserveUnmatchedPath: false } }
      ]
      matchProcessingBehavior: 'Continue'
    }
  }

  resource headers 'rules' = {
    name: 'headers'
    properties: {
      order: 2
      actions: concat(
        [
          // Storage wants a version with every token.
          {
            name: 'ModifyRequestHeader'
            parameters: { typeName: 'DeliveryRuleHeaderActionParameters', headerAction: 'Overwrite', headerName: 'x-ms-version', value: '2024-11-04' }
          }
        ],
        map(items(pageHeaders), header => {
          name: 'ModifyResponseHeader'
          parameters: { typeName: 'DeliveryRuleHeaderActionParameters', headerAction: 'Overwrite', headerName: header.key, value: header.value }
        })
      )
    }
    dependsOn: [first]
  }
}

resource apiRoute 'Microsoft.Cdn/profiles/afdEndpoints/routes@2025-06-01' = {
  parent: profile::endpoint
  name: 'api'
  properties: {
    originGroup: { id: app.id }
    customDomains: domains
    patternsToMatch: ['/api/*']
    supportedProtocols: ['Http', 'Https']
    httpsRedirect: 'Enabled'
    forwardingProtocol: 'HttpsOnly'
    linkToDefaultDomain: 'Enabled'
  }
  dependsOn: [appOrigins]
}

resource singleRoutes 'Microsoft.Cdn/profiles/afdEndpoints/routes@2025-06-01' = [for (stamp, i) in stamps: {
  parent: profile::endpoint
  name: 'stamp-${stamp.location}'
  properties: {
    originGroup: { id: single[i].id }
    originPath: '/'
    patternsToMatch: ['/stamps/${stamp.location}/*']
    supportedProtocols: ['Https']
    httpsRedirect: 'Disabled'
    forwardingProtocol: 'HttpsOnly'
    linkToDefaultDomain: 'Enabled'
  }
  dependsOn: [singleOrigins[i]]
}]

resource pageRoute 'Microsoft.Cdn/profiles/afdEndpoints/routes@2025-06-01' = {
  parent: profile::endpoint
  name: 'page'
  properties: {
    originGroup: { id: page.id }
    originPath: '/page'
    customDomains: domains
    patternsToMatch: ['/*']
    ruleSets: [{ id: pageRules.id }]
    supportedProtocols: ['Http', 'Https']
    httpsRedirect: 'Enabled'
    forwardingProtocol: 'HttpsOnly'
    linkToDefaultDomain: 'Enabled'

    // As long as each file's own Cache-Control says: assets for ever, since they are named by content; the rest is asked for anew.
    cacheConfiguration: {
      queryStringCachingBehavior: 'IgnoreQueryString'
      compressionSettings: {
        isCompressionEnabled: true
        contentTypesToCompress: ['text/html', 'text/javascript', 'text/css', 'image/svg+xml', 'application/json', 'application/manifest+json']
      }
    }
  }
  dependsOn: [page::origin]
}

resource firewall 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies@2025-03-01' = {
  name: 'waf${replace(name, '-', '')}'
  location: 'global'
  tags: tags
  sku: { name: tier == 'premium' ? 'Premium_AzureFrontDoor' : 'Standard_AzureFrontDoor' }
  properties: {
    policySettings: { enabledState: 'Enabled', mode: 'Prevention', requestBodyCheck: 'Enabled' }
    customRules: {
      rules: [
        // Far above what a person does, far below what hurts: the app's own limits are finer.
        {
          name: 'floods'
          priority: 100
          ruleType: 'RateLimitRule'
          rateLimitDurationInMinutes: 1
          rateLimitThreshold: 3000
          matchConditions: [{ matchVariable: 'SocketAddr', operator: 'IPMatch', negateCondition: true, matchValue: ['255.255.255.255'] }]
          groupBy: [{ variableName: 'SocketAddr' }]
          action: 'Block'
        }
      ]
    }
    managedRules: {
      managedRuleSets: tier == 'premium' ? [
        { ruleSetType: 'Microsoft_DefaultRuleSet', ruleSetVersion: '2.1', ruleSetAction: 'Block' }
        { ruleSetType: 'Microsoft_BotManagerRuleSet', ruleSetVersion: '1.1' }
      ] : []
    }
  }
}

resource security 'Microsoft.Cdn/profiles/securityPolicies@2025-06-01' = {
  parent: profile
  name: 'firewall'
  properties: {
    parameters: {
      type: 'WebApplicationFirewall'
      wafPolicy: { id: firewall.id }
      associations: [{ domains: concat([{ id: profile::endpoint.id }], domains), patternsToMatch: ['/*'] }]
    }
  }
}
