using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Serverless.Kv;
using Serverless.Replication;

namespace Serverless.Tests.Replication.Consistency;

/// <summary>How a client asks: the query of its requests, and what the API makes of it.</summary>
internal sealed record SessionMode(string Query, QuorumRules Read, QuorumRules Write)
{
    public const string Sloppy = "";
    public const string Owners = "?sloppy=false";
    public const string All = "?r=3&w=3&sloppy=false";
    public const string One = "?r=1&w=1&sloppy=false";

    public static readonly IReadOnlyList<string> Every = [Sloppy, Owners, All, One];

    public static SessionMode Of(string query)
    {
        var request = new DefaultHttpContext().Request;
        request.QueryString = new QueryString(query);
        var parsed = KvRequest.Parse(request, "k", Options.Create(new ReplicationOptions()));
        Assert.Null(parsed.Refusal);
        return new SessionMode(query, parsed.Read, parsed.Write);
    }

    /// <summary>As the tables name it.</summary>
    public static string Name(string query) => query.Length == 0 ? "default" : $"`{query}`";
}
