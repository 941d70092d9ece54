using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Replication;

/// <summary>A node as somebody asks for it. What is not said, the configuration says of a node that it names.</summary>
/// <param name="Id">Which node.</param>
/// <param name="Region">Where it is; null: as configured.</param>
/// <param name="Weight">1 to 1,000; null: that of the member, else as configured, else 100.</param>
/// <param name="Endpoint">Its table endpoint, reached with the managed identity; null: as configured.</param>
public sealed record NodeRequest(string Id, string? Region = null, int? Weight = null, Uri? Endpoint = null)
{
    private const int MostBytes = 4 * 1024;

    /// <summary>The node, or what is wrong: 400 bad-node and what <see cref="JsonBody"/> refuses.</summary>
    internal static async Task<(NodeRequest? Node, IResult? Refusal)> ReadAsync(HttpRequest request)
    {
        var (body, refusal) = await JsonBody.ReadAsync(request, MostBytes);
        if (body is null)
            return (null, refusal);
        using (body)
        {
            var node = new NodeRequest("");
            foreach (var field in body.RootElement.EnumerateObject())
            {
                if (Read(node, field.Name, field.Value) is not { } next)
                    return (null, Bad($"{field.Name} is not a field of a node, or has no such value: id, region and endpoint are texts, endpoint an https address, weight is a whole number."));
                node = next;
            }

            return node.Id.Length > 0 ? (node, null) : (null, Bad("id is needed: which node."));
        }
    }

    internal static IResult Bad(string sentence) => Problems.BadRequest("bad-node", $"{sentence} Nothing was changed.");

    private static NodeRequest? Read(NodeRequest node, string field, JsonElement value) => (field, value.ValueKind) switch
    {
        ("id", JsonValueKind.String) => node with { Id = value.GetString()! },
        ("region", JsonValueKind.String) => node with { Region = value.GetString() },
        ("weight", JsonValueKind.Number) when value.TryGetInt32(out var weight) => node with { Weight = weight },
        ("endpoint", JsonValueKind.String) when Uri.TryCreate(value.GetString(), UriKind.Absolute, out var endpoint) => node with { Endpoint = endpoint },
        _ => null,
    };
}
