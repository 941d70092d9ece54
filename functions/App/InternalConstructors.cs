using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Serverless;

/// <summary>
/// Function classes are public, and so is what their constructors take; what that takes in turn is the room's own affair. Such a class has one constructor, an internal one, which the container does
/// not look for by itself.
/// </summary>
internal static class InternalConstructors
{
    /// <summary>Registers a class by its one constructor, whatever its access.</summary>
    public static IServiceCollection AddByItsConstructor<T>(this IServiceCollection services)
        where T : class
    {
        var constructor = typeof(T).GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Single();
        var types = constructor.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        return services.AddSingleton(provider => (T)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. types.Select(provider.GetRequiredService)], null));
    }
}
