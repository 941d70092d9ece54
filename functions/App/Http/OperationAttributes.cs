namespace Serverless.Http;

/// <summary>Describes an HTTP function in openapi.json. The description stands beside the code, so it cannot go its own way.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OperationAttribute(string summary) : Attribute
{
    public string Summary { get; } = summary;

    public string? Description { get; set; }
}

/// <summary>A query parameter; all are optional.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class QueryAttribute(string name, string description) : Attribute
{
    public string Name { get; } = name;

    public string Description { get; } = description;

    /// <summary>"string" (default) or "integer".</summary>
    public string Type { get; set; } = "string";
}

/// <summary>A request header; all are optional.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class HeaderAttribute(string name, string description) : Attribute
{
    public string Name { get; } = name;

    public string Description { get; } = description;
}

/// <summary>The request's body.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BodyAttribute(string contentType, string description) : Attribute
{
    public string ContentType { get; } = contentType;

    public string Description { get; } = description;
}

/// <summary>An answer of the function. Without a content type it has no body or, from status 400, is a problem.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class AnswerAttribute(int status, string description, params string[] contentTypes) : Attribute
{
    public int Status { get; } = status;

    public string Description { get; } = description;

    public IReadOnlyList<string> ContentTypes { get; } = contentTypes;

    /// <summary>The type that is written as the body; null: it is described in words alone.</summary>
    public Type? Schema { get; set; }
}

/// <summary>A type that is pushed to clients as JSON, over the connection that they negotiated.</summary>
/// <param name="target">The client's method.</param>
/// <param name="type">The value of its field "type".</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PushAttribute(string target, string type) : Attribute
{
    public string Target { get; } = target;

    public string Type { get; } = type;
}
