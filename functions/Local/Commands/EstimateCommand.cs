using System.Text.Json;
using Serverless.Capacity;

namespace Serverless.Local.Commands;

/// <summary>"estimate": what a load comes to, and the parameters of the template that carry it. Needs no cloud. Exit code 2 when the load, or the file to write, is refused.</summary>
internal static class EstimateCommand
{
    private const string Template = "main.bicep";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task<int> RunAsync(EstimateOptions options, TextWriter output, TextWriter error)
    {
        if (await ReadAsync(options.Load) is not { } text)
            return await RefuseAsync(error, $"There is no file \"{options.Load}\", and no example of that name: there are {string.Join(", ", LoadExamples.Names)}.");
        switch (LoadReader.Parse(text))
        {
            case LoadReading.Refused(_, var sentence):
                return await RefuseAsync(error, sentence);
            case LoadReading.Read(var load):
                var estimate = new Estimator(ReferenceBook.Current).Of(load);
                await PrintAsync(estimate, options, output);
                return options.Write is null ? 0 : await WriteAsync(options.Write, load, estimate, options.Json ? error : output, error);
            default:
                throw new InvalidOperationException("A load is read or refused.");
        }
    }

    // A file comes first: an example never hides what somebody wrote.
    private static async Task<string?> ReadAsync(string load) => File.Exists(load) ? await File.ReadAllTextAsync(load) : LoadExamples.Find(load);

    private static async Task PrintAsync(Estimate estimate, EstimateOptions options, TextWriter output)
    {
        if (options.Json)
            await output.WriteLineAsync(JsonSerializer.Serialize(estimate, Json));
        else
            new EstimateTables(output).Print(estimate);
    }

    private static async Task<int> WriteAsync(string file, Load load, Estimate estimate, TextWriter told, TextWriter error)
    {
        if (estimate.Obstacles.Count > 0)
            return await RefuseAsync(error, $"{file} is not written, because the template cannot hold this load. {string.Join(' ', estimate.Obstacles)}");
        if (Path.GetExtension(file) != ".bicepparam")
            return await RefuseAsync(error, $"\"{file}\" must end in .bicepparam.");
        if (!File.Exists(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, Template)))
            return await RefuseAsync(error, $"There is no {Template} beside \"{file}\": parameters belong into the folder infra.");

        // Parameters of a deployment that runs are nothing to write over.
        if (File.Exists(file))
            return await RefuseAsync(error, $"\"{file}\" is there already: choose another name, or delete it first.");
        await File.WriteAllTextAsync(file, ParameterFile.Of(load, estimate.Size));
        await told.WriteLineAsync($"Wrote {file}");
        return 0;
    }

    private static async Task<int> RefuseAsync(TextWriter error, string sentence)
    {
        await error.WriteLineAsync(sentence);
        return CommandLine.Refused;
    }
}
