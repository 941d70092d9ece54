using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.OpenApi;

namespace Serverless.Http;

/// <summary>Makes the OpenAPI document from the functions and the attributes beside them.</summary>
public static partial class ApiDocument
{
    private const string Problem = "application/problem+json";

    /// <param name="assembly">Where the functions are.</param>
    /// <param name="prefix">The route prefix of host.json.</param>
    public static OpenApiDocument Of(Assembly assembly, string prefix)
    {
        var document = new OpenApiDocument
        {
            Info = new OpenApiInfo
            {
                Title = "Serverless",
                Version = "1",
                Description = "The systems of a system-design book as one serverless product. Errors are application/problem+json with a stable type.",
            },
            Paths = [],
            Components = new OpenApiComponents
            {
                SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    ["user"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" },
                    ["app-key"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = Authentication.KeyHeader },
                    ["app-secret"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = Authentication.SecretHeader },
                },
            },
        };

        foreach (var method in assembly.GetTypes().SelectMany(type => type.GetMethods()))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is { } function
                && method.GetCustomAttribute<OperationAttribute>() is { } operation
                && method.GetParameters().Select(p => p.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(t => t is not null) is { } trigger)
            {
                Add(document, method, function, operation, trigger, prefix);
            }
        }

        return document;
    }

    private static void Add(
        OpenApiDocument document, MethodInfo method, FunctionAttribute function, OperationAttribute operation, HttpTriggerAttribute trigger, string prefix)
    {
        var route = trigger.Route ?? function.Name;
        var path = $"/{prefix}/{Constraint().Replace(route, "{$1}")}";
        if (!document.Paths.TryGetValue(path, out var item))
            document.Paths.Add(path, item = new OpenApiPathItem { Operations = [] });

        foreach (var (verb, id) in (trigger.Methods ?? []).Zip(OperationIdsOf(method)))
            item.Operations![new HttpMethod(verb.ToUpperInvariant())] = Describe(document, method, operation, id, route);
    }

    /// <summary>What a function's operations are called, in the order of its verbs.</summary>
    internal static IReadOnlyList<string> OperationIdsOf(MethodInfo method)
    {
        var name = method.GetCustomAttribute<FunctionAttribute>()!.Name;
        var verbs = method.GetParameters().Select(p => p.GetCustomAttribute<HttpTriggerAttribute>()).First(t => t is not null)!.Methods ?? [];
        return verbs.Length > 1 ? [.. verbs.Select(verb => $"{name}-{verb}")] : [name];
    }

    private static OpenApiOperation Describe(OpenApiDocument document, MethodInfo method, OperationAttribute operation, string id, string route) => new()
    {
        OperationId = id,
        Summary = operation.Summary,
        Description = operation.Description,
        Parameters =
        [
            .. Constraint().Matches(route).Select(m => Parameter(m.Groups[1].Value, ParameterLocation.Path, "", "string")),
            .. method.GetCustomAttributes<QueryAttribute>().Select(q => Parameter(q.Name, ParameterLocation.Query, q.Description, q.Type)),
            .. HeadersOf(method).Select(h => Parameter(h.Name, ParameterLocation.Header, h.Description, "string")),
        ],
        RequestBody = method.GetCustomAttribute<BodyAttribute>() is { } body
            ? new OpenApiRequestBody { Description = body.Description, Required = true, Content = Content(body.ContentType) }
            : null,
        Responses = Responses(method, AccessOf(method)),
        Security = Security(document, AccessOf(method)),
    };

    private static OpenApiParameter Parameter(string name, ParameterLocation place, string description, string type) => new()
    {
        Name = name,
        In = place,
        Description = description,
        Required = place == ParameterLocation.Path,
        Schema = new OpenApiSchema { Type = type == "integer" ? JsonSchemaType.Integer : JsonSchemaType.String },
    };

    private static Access AccessOf(MethodInfo method) => method.GetCustomAttribute<AccessAttribute>()?.Access ?? Access.Services;

    private static IEnumerable<HeaderAttribute> HeadersOf(MethodInfo method) => method.GetCustomAttributes<HeaderAttribute>().Concat(
        method.IsDefined(typeof(IdempotentAttribute))
            ? [new(IdempotentFunctions.KeyHeader, $"1 to 255 characters that name this request: sent again, it is answered as before, with {IdempotentFunctions.ReplayHeader}: true")]
            : []);

    private static OpenApiResponses Responses(MethodInfo method, Access access)
    {
        var responses = new OpenApiResponses();
        AnswerAttribute[] ofTheGate = access == Access.Anyone ? [] : [new(401, "unauthenticated"), new(403, "forbidden")];
        AnswerAttribute[] ofTheKey = !method.IsDefined(typeof(IdempotentAttribute)) ? [] :
        [
            new(400, "bad-idempotency-key"), new(409, "idempotency-in-flight, with Retry-After; idempotency-result-too-large"), new(413, "too-large"),
            new(422, "idempotency-key-reused: for another request"), new(503, "no-quorum"),
        ];
        foreach (var answers in method.GetCustomAttributes<AnswerAttribute>().Concat(ofTheGate).Concat(ofTheKey).GroupBy(a => a.Status).OrderBy(same => same.Key))
        {
            var types = answers.SelectMany(a => a.ContentTypes).Distinct().ToArray();
            responses[answers.Key.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = string.Join("; ", answers.Select(a => a.Description).Distinct()),
                Content = Content(answers.Key >= 400 && types.Length == 0 ? [Problem] : types),
            };
        }

        return responses;
    }

    private static List<OpenApiSecurityRequirement> Security(OpenApiDocument document, Access access)
    {
        var requirements = new List<OpenApiSecurityRequirement>();
        if (access.HasFlag(Access.Services) && access != Access.Anyone)
        {
            requirements.Add(new OpenApiSecurityRequirement
            {
                [new OpenApiSecuritySchemeReference("app-key", document)] = [],
                [new OpenApiSecuritySchemeReference("app-secret", document)] = [],
            });
        }

        if ((access & (Access.Users | Access.Self | Access.Operators)) != 0)
            requirements.Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("user", document)] = [] });
        return requirements;
    }

    private static Dictionary<string, IOpenApiMediaType> Content(params string[] types) =>
        types.ToDictionary(type => type, IOpenApiMediaType (_) => new OpenApiMediaType());

    // {name}, {name:constraint}, {name?}, {*name}
    [GeneratedRegex(@"\{\*{0,2}(\w+)[^}]*\}")]
    private static partial Regex Constraint();
}
