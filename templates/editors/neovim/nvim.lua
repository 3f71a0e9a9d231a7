-- Neovim reads this file if `exrc` is set, and asks first.

-- `:HotmodRun` in a window of its own, `:HotmodReload` and `:HotmodWait` below the text.
vim.api.nvim_create_user_command("HotmodRun", function()
  vim.cmd("botright 12split | terminal {{run}}")
end, {})
vim.api.nvim_create_user_command("HotmodReload", "!cargo hotmod reload", {})
vim.api.nvim_create_user_command("HotmodWait", "!cargo hotmod wait", {})

-- rust-analyzer builds in `target/rust-analyzer`: it never waits for a build of yours.
if vim.lsp.config then
  vim.lsp.config("rust_analyzer", {
    settings = {
      ["rust-analyzer"] = {
        cargo = { targetDir = true },
        files = { exclude = { "target" } },
      },
    },
  })
end

-- What a host has to know of the session that runs.
local function session_environment()
  local environment = {}
  for line in vim.fn.system("cargo hotmod env"):gmatch("[^\n]+") do
    local name, value = line:match("^(HOTMOD_[%w_]+)=(.*)$")
    if name then
      environment[name] = value
    end
  end
  return environment
end

-- With nvim-dap and its adapter `codelldb`.
local has_dap, dap = pcall(require, "dap")
if has_dap then
  dap.configurations.rust = dap.configurations.rust or {}
  table.insert(dap.configurations.rust, {
    name = "hotmod: debug {{host}}",
    type = "codelldb",
    request = "launch",
    program = "{{program}}",
    cwd = "${workspaceFolder}",
    env = session_environment,
  })
end
