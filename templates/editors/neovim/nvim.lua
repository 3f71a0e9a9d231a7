-- Neovim reads this file if `exrc` is set, and asks first.

-- `:HotmodRun` opens a terminal; `:HotmodReload` and `:HotmodWait` show their output below the text.
vim.api.nvim_create_user_command("HotmodRun", function()
  vim.cmd("botright 12split | terminal {{run}}")
end, {})
vim.api.nvim_create_user_command("HotmodReload", "!cargo hotmod reload", {})
vim.api.nvim_create_user_command("HotmodWait", "!cargo hotmod wait", {})

-- rust-analyzer builds in `target/rust-analyzer`, so it never waits for your own builds.
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

-- The environment with which a program joins the running session.
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

-- Needs nvim-dap and its adapter `codelldb`.
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
