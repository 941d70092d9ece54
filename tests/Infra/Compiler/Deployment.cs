using System.Text.Json.Nodes;

namespace Serverless.Tests.Infra;

/// <summary>All that one parameter file stands for: each resource with its values put in, and the template they come from.</summary>
/// <param name="Resources">What would be created.</param>
/// <param name="Outputs">What the deployment answers.</param>
/// <param name="Template">The compiled template; null when nobody asked for it.</param>
/// <param name="Parameters">The file's values, each as "value"; null likewise.</param>
internal sealed record Deployment(IReadOnlyList<Resource> Resources, JsonNode Outputs, JsonNode? Template, JsonNode? Parameters)
{
    /// <param name="compiler">Who compiles.</param>
    /// <param name="file">A parameter file.</param>
    /// <param name="whole">Whether template and values are asked for too, which takes as long again.</param>
    public static async Task<Deployment> OfAsync(BicepServer compiler, string file, bool whole = true)
    {
        var snapshot = JsonNode.Parse(await compiler.SnapshotAsync(file))!;
        var (template, parameters) = whole ? await compiler.ParametersAsync(file) : default;
        return new([.. snapshot["predictedResources"]!.AsArray().Select(one => new Resource((JsonObject)one!))], snapshot["outputs"]!, template, parameters);
    }

    public IEnumerable<Resource> All(string type) => Resources.Where(one => one.Type == type);

    /// <summary>What lies in or is attached to a resource.</summary>
    public IEnumerable<Resource> Below(Resource parent) => Resources.Where(one => one.Id.StartsWith(parent.Id + "/", StringComparison.Ordinal));
}

/// <summary>One resource.</summary>
internal sealed record Resource(JsonObject Json)
{
    public string Id => (string)Json["id"]!;

    public string Type => (string)Json["type"]!;

    public string Name => (string)Json["name"]!;

    public string Part => this["tags.part"] ?? "";

    /// <summary>The group in which it lies.</summary>
    public string Group => Id.Split('/')[4];

    /// <summary>The type that a role, a diagnostic setting or a policy is attached to, or a queue lies in.</summary>
    public string ParentId => Id.Contains("/providers/Microsoft.Authorization/", StringComparison.Ordinal) || Id.Contains("/providers/Microsoft.Insights/diagnosticSettings", StringComparison.Ordinal)
        ? Id[..Id.LastIndexOf("/providers/", StringComparison.Ordinal)]
        : Id[..Id.LastIndexOf('/')][..Id[..Id.LastIndexOf('/')].LastIndexOf('/')];

    /// <summary>A value by its path with dots, as text; null when there is none.</summary>
    public string? this[string path] => At(path) is JsonValue value ? value.ToString() : null;

    public JsonNode? At(string path) => path.Split('.').Aggregate((JsonNode?)Json, (node, name) => node is JsonArray list ? list[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)] : node?[name]);

    public override string ToString() => $"{Type} {Name}";
}
