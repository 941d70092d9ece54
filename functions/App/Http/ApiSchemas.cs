using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Serverless.Http;

/// <summary>The JSON Schemas of what is answered and pushed, from the types that are written. Each type is described once, under its name.</summary>
internal sealed class ApiSchemas
{
    private const string Root = "#/components/schemas/";

    // As answers are written: null is left out, so that what is there is never null.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private readonly SortedDictionary<string, JsonNode> _schemas = new(StringComparer.Ordinal);
    private readonly Queue<Type> _wanted = new();

    /// <summary>Puts the schemas of an assembly's answers and pushes into its OpenAPI document.</summary>
    public static string AddTo(string document, Assembly assembly)
    {
        var (root, schemas) = (JsonNode.Parse(document)!.AsObject(), new ApiSchemas());
        foreach (var method in assembly.GetTypes().SelectMany(type => type.GetMethods()))
        {
            foreach (var answer in method.GetCustomAttributes<AnswerAttribute>().Where(answer => answer.Schema is not null))
                schemas.Describe(root, ApiDocument.OperationIdsOf(method), answer);
        }

        schemas.AddPushes(root, assembly);
        root["components"]!["schemas"] = schemas.All();
        return root.ToJsonString(Options);
    }

    private void Describe(JsonObject root, IReadOnlyCollection<string> operations, AnswerAttribute answer)
    {
        foreach (var operation in root["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Where(one => operations.Contains(one.Value!["operationId"]?.GetValue<string>())))
            operation.Value!["responses"]![$"{answer.Status}"]!["content"]![answer.ContentTypes[0]]!["schema"] = Reference(answer.Schema!);
    }

    // What a server sends by itself is a webhook (OpenAPI 3.1); here it comes over the negotiated connection.
    private void AddPushes(JsonObject root, Assembly assembly)
    {
        var pushes = assembly.GetTypes().Select(type => (Type: type, Push: type.GetCustomAttribute<PushAttribute>())).Where(one => one.Push is not null)
            .OrderBy(one => one.Type.Name, StringComparer.Ordinal).GroupBy(one => one.Push!.Target);
        var webhooks = new JsonObject();
        foreach (var target in pushes)
        {
            var schema = new JsonObject { ["oneOf"] = new JsonArray([.. target.Select(one => Reference(one.Type))]) };
            webhooks[target.Key] = new JsonObject
            {
                ["post"] = new JsonObject
                {
                    ["summary"] = $"Pushed to the client's method \"{target.Key}\"",
                    ["requestBody"] = new JsonObject { ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schema } } },
                    ["responses"] = new JsonObject { ["default"] = new JsonObject { ["description"] = "Nothing is answered" } },
                },
            };
        }

        root["webhooks"] = webhooks;
    }

    private JsonObject Reference(Type type)
    {
        _wanted.Enqueue(type);
        return new JsonObject { ["$ref"] = Root + type.Name };
    }

    private JsonObject All()
    {
        while (_wanted.TryDequeue(out var type))
        {
            if (!_schemas.ContainsKey(type.Name))
                _schemas[type.Name] = Options.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions { TransformSchemaNode = (context, schema) => Transformed(type, context, schema) });
        }

        return new JsonObject(_schemas.Select(one => KeyValuePair.Create<string, JsonNode?>(one.Key, one.Value)));
    }

    private JsonNode Transformed(Type owner, JsonSchemaExporterContext context, JsonNode node)
    {
        var info = context.TypeInfo;
        if (info.Kind == JsonTypeInfoKind.Object && info.Type != owner)
            return Reference(info.Type);
        if (node is not JsonObject schema)
            return node;
        if (schema["type"] is JsonArray types)
            schema["type"] = types.Select(type => type!.GetValue<string>()).First(type => type != "null");
        (schema["enum"] as JsonArray)?.RemoveAll(value => value is null);
        if (info.Type == typeof(int) || info.Type == typeof(long) || Nullable.GetUnderlyingType(info.Type) is { } inner && (inner == typeof(int) || inner == typeof(long)))
            schema["type"] = "integer";
        if (schema["properties"] is JsonObject && info.Type == owner)
        {
            schema["required"] = new JsonArray([.. info.Properties.Where(property => !property.IsGetNullable && Nullable.GetUnderlyingType(property.PropertyType) is null)
                .Select(property => JsonValue.Create(property.Name))]);
            if (owner.GetCustomAttribute<PushAttribute>() is { } push)
                schema["properties"]!["type"] = new JsonObject { ["const"] = push.Type };
        }

        return schema;
    }
}
