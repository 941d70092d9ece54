using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Serverless.Local.Cloud;

namespace Serverless.Local.Head;

/// <summary>The app's settings on a local cloud: they name the cloud's nodes, and who may call.</summary>
internal static class CloudSettings
{
    /// <param name="cloud">The nodes.</param>
    /// <param name="region">Where the head runs.</param>
    /// <param name="identity">Issues the tokens that it believes.</param>
    /// <param name="port">Where links lead: the head's, or that of the front door before it; 0 when it is not known before the head listens: links are not given out then.</param>
    /// <param name="providers">The settings of its providers of notifications.</param>
    public static Dictionary<string, string?> Of(CloudAddresses cloud, string region, DevIdentity identity, int port, IReadOnlyDictionary<string, string?> providers)
    {
        var settings = new Dictionary<string, string?>(providers)
        {
            ["Cluster:Region"] = region,
            ["Auth:Issuer"] = DevIdentity.Issuer,
            ["Auth:Audience"] = DevIdentity.Audience,
            ["Auth:Keys"] = identity.PublicKeys(),
            ["Auth:Services:0:Key"] = CloudHead.AppKey,
            ["Auth:Services:0:SecretHashes:0"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(CloudHead.AppSecret))),
            ["Functions:Keys:master"] = CloudHead.MasterKey,

            // Changes of the membership wait until nobody acts on the one before: on one machine that need not take a minute and a half.
            ["Replication:ViewSeconds"] = "3",
            ["Replication:SettleSeconds"] = "10",

            // One clock, and a worker that dies is to be seen replaced.
            ["Notifications:LeaseSeconds"] = "15",
            ["Notifications:ClockMarginSeconds"] = "1",
        };
        if (port != 0 && providers.Count > 0)
            settings["Notifications:PublicAddress"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/api");
        for (var i = 0; i < cloud.AllNodes.Count; i++)
        {
            var (node, at) = (cloud.AllNodes[i], string.Create(CultureInfo.InvariantCulture, $"Cluster:Nodes:{i}"));
            settings[$"{at}:Id"] = node.Id;
            settings[$"{at}:Region"] = node.Region;
            settings[$"{at}:Endpoint"] = node.TableEndpoint.ToString();
            settings[$"{at}:Founding"] = cloud.Nodes.Contains(node).ToString();
            settings[$"{at}:Account"] = node.Account;
            settings[$"{at}:Key"] = node.Key;
        }

        return settings;
    }
}
