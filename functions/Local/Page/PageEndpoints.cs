using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Serverless.Local.Page;

/// <summary>The chat page at /, as Front Door serves it in Azure: compressed, its parts named by their content and kept by browsers for ever.</summary>
internal static class PageEndpoints
{

    private static readonly string[] Verbs = [HttpMethods.Get, HttpMethods.Head];

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".json"] = "application/json",
        [".webmanifest"] = "application/manifest+json",
    };

    /// <summary>Serves the page if it has been built.</summary>
    /// <param name="routes">Of whoever serves it.</param>
    /// <param name="page">The built page.</param>
    /// <param name="hubs">Where pushes come from, beside the page's own origin.</param>
    public static void MapPage(this IEndpointRouteBuilder routes, PageBuild page, IReadOnlyList<Uri> hubs)
    {
        if (!page.IsComplete)
            return;
        var policy = Policy(hubs);
        foreach (var file in Directory.EnumerateFiles(page.Folder, "*", SearchOption.AllDirectories).Where(file => Types.ContainsKey(Path.GetExtension(file))))
        {
            var path = $"/{Path.GetRelativePath(page.Folder, file).Replace('\\', '/')}";
            routes.MapMethods(path == "/index.html" ? "/" : path, Verbs, (HttpContext http) => Serve(http, path, file, policy));
        }
    }

    private static string Policy(IEnumerable<Uri> hubs)
    {
        var connects = string.Concat(hubs.Select(hub => $" http://{hub.Authority} ws://{hub.Authority}"));
        return $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'{connects}; manifest-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    private static IResult Serve(HttpContext http, string path, string file, string policy)
    {
        // Pushes come from where the head says that it is: another name for it would be another origin.
        if (path == "/index.html" && http.Request.Host.Host == "localhost")
            return Results.Redirect($"http://127.0.0.1:{http.Request.Host.Port}/");

        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = path.StartsWith("/assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        var (encoding, ending) = Encodings.FirstOrDefault(one => Accepts(http.Request, one.Encoding) && File.Exists(file + one.Ending));
        if (encoding is not null)
            headers.ContentEncoding = encoding;
        var bytes = File.ReadAllBytes(file + ending);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"");
        return Results.Bytes(bytes, Types[Path.GetExtension(file)], entityTag: tag);
    }

    private static readonly (string? Encoding, string Ending)[] Encodings = [("br", ".br"), ("gzip", ".gz")];

    private static bool Accepts(HttpRequest request, string? encoding) =>
        request.GetTypedHeaders().AcceptEncoding.Any(one => one.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && one.Quality is not 0);
}
